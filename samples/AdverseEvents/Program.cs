using AdverseEvents;

// Notes come as arguments, as lines on standard input, or, with neither, from the three examples below.
string[] examples =
[
    "Caller, 52, noticed after a week on the new tablets that her ankles are swollen in the evening and her rings no longer fit.",
    "GP asks whether the injection may be given to a patient who once had hives from penicillin. She has not had it yet.",
    "day 3 of the antibiotic: itchy wheals on belly and back, no fever, stopped by the pharmacist",
];

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: AdverseEvents [NOTE ...]        screens the notes given as arguments, or one a line on standard input");
    Console.WriteLine("       AdverseEvents --evaluate [FILE] measures the shipped model on a JSONL file (default: the test notes)");
    return 0;
}

using var screening = new Screening();
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
        string file = args.Length > 1 ? args[1] : Path.Combine(AppContext.BaseDirectory, "data", "notes.test.jsonl");
        return await Evaluation.RunAsync(screening, file, cancellation.Token);
    }

    foreach (string note in Notes())
    {
        Prediction<ScreeningResult> answer = await screening.PredictAsync(note, cancellationToken: cancellation.Token);
        IEnumerable<string> ranking = answer.KindProbabilities().OrderByDescending(entry => entry.Value).Take(3)
            .Select(entry => $"{entry.Key} {entry.Value:P1}");
        Console.WriteLine(note.Length <= 90 ? note : note[..89] + "…");
        Console.WriteLine($"  {(answer.Value.AdverseEvent ? "adverse event" : "no adverse event")}, {answer.Value.Kind}"
            + $"   [{string.Join(" | ", ranking)}]   {answer.Elapsed.TotalMilliseconds:0} ms{(answer.InputTruncated ? ", note was cut" : string.Empty)}");
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

IEnumerable<string> Notes()
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
