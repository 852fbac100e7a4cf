using ContractClauses;

// Clauses come as arguments, as lines on standard input, or, with neither, from the three examples below.
string[] examples =
[
    "The Exhibitor pays the stand rental of EUR 3,480 to Fairground Services GmbH by 15 September 2026.",
    "The Housekeeper will not pass on to others what is said in the house.",
    "If the Museum does not get the export licence by May 31, 2027, it may end this agreement and owes the Lender $8,000 for packing.",
];

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: ContractClauses [CLAUSE ...]      reads the clauses given as arguments, or one a line on standard input");
    Console.WriteLine("       ContractClauses --evaluate [FILE] measures the shipped model on a JSONL file (default: the test clauses)");
    return 0;
}

using var reader = new Clause();
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
        string file = args.Length > 1 ? args[1] : Path.Combine(AppContext.BaseDirectory, "data", "clauses.test.jsonl");
        return await Evaluation.RunAsync(reader, file, cancellation.Token);
    }

    foreach (string text in Clauses())
    {
        Prediction<ClauseResult> answer = await reader.PredictAsync(text, cancellationToken: cancellation.Token);
        (ClauseType type, ClauseTerms terms) = answer.Value;
        Console.WriteLine(text);
        Console.WriteLine($"  {type} {answer.TypeProbabilities()[type]:P0}   party: {Shown(terms.Party)}   date: {Shown(terms.Date)}   amount: {Shown(terms.Amount)}"
            + $"   {answer.Elapsed.TotalMilliseconds:0} ms{(answer.InputTruncated ? ", clause was cut" : string.Empty)}");

        // The model writes these texts; one that the clause does not hold was misread, and a person has to look.
        foreach (string? part in new[] { terms.Party, terms.Date, terms.Amount })
        {
            if (part is not null && !text.Contains(part, StringComparison.Ordinal))
            {
                Console.WriteLine($"  not in the clause: {part}");
            }
        }
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

static string Shown(string? value) => value ?? "–";

IEnumerable<string> Clauses()
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
