using TicketTriage;

// Tickets come as arguments, as lines on standard input, or, with neither, from the three examples below.
string[] examples =
[
    "I was charged twice this month and need it back before payroll runs tonight.",
    "love the new boards!! any chance you could add a dark mode for the client portal?",
    "Nobody in our office can open Loopdesk since 8 this morning, just a spinning wheel. We have 40 people waiting.",
];

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: TicketTriage [TICKET ...]      sorts the tickets given as arguments, or one a line on standard input");
    Console.WriteLine("       TicketTriage --evaluate [FILE] measures the shipped model on a JSONL file (default: the test tickets)");
    return 0;
}

using var triage = new Triage();
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    cancellation.Cancel();
};

try
{
    if (args is ["--evaluate", ..])
    {
        string file = args.Length > 1 ? args[1] : Path.Combine(AppContext.BaseDirectory, "data", "tickets.test.jsonl");
        return await Evaluation.RunAsync(triage, file, cancellation.Token);
    }

    foreach (string ticket in Tickets())
    {
        Prediction<TriageResult> answer = await triage.PredictAsync(ticket, cancellationToken: cancellation.Token);
        IEnumerable<string> ranking = answer.CategoryProbabilities().OrderByDescending(entry => entry.Value).Take(3)
            .Select(entry => $"{entry.Key} {entry.Value:P1}");
        Console.WriteLine(ticket.Length <= 90 ? ticket : ticket[..89] + "…");
        Console.WriteLine($"  {answer.Value.Category}{(answer.Value.Urgent ? ", urgent" : string.Empty)}"
            + $"   [{string.Join(" | ", ranking)}]   {answer.Elapsed.TotalMilliseconds:0} ms{(answer.InputTruncated ? ", ticket was cut" : string.Empty)}");
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

IEnumerable<string> Tickets()
{
    if (args.Length > 0)
    {
        return args;
    }

    return Console.IsInputRedirected && Lines() is { Length: > 0 } lines ? lines : examples;
}

static string[] Lines()
{
    var lines = new List<string>();
    while (Console.In.ReadLine() is { } line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            lines.Add(line);
        }
    }

    return [.. lines];
}
