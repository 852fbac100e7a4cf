using Handbook;

// Questions come as arguments, as lines on standard input, or, with neither, from the three examples below. A question may name its section.
string[] examples =
[
    "Deliveries: until when do you accept goods?",
    "Trainees: how long am I in each department",
    "Company outings: How long is the bus ride in June?",
];

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: Handbook [QUESTION ...]      answers the questions given as arguments, or one a line on standard input, from handbook.md;");
    Console.WriteLine("                                    \"SECTION: QUESTION\" names the section, else it is searched");
    Console.WriteLine("       Handbook --evaluate [FILE]   measures the shipped model on a JSONL file (default: the test questions)");
    return 0;
}

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    cancellation.Cancel();
};

using var handbook = new Answer();
try
{
    if (args is ["--evaluate", ..])
    {
        string file = args.Length > 1 ? args[1] : Path.Combine(AppContext.BaseDirectory, "data", "questions.test.jsonl");
        return await Evaluation.RunAsync(handbook, file, cancellation.Token);
    }

    var sections = new HandbookSections(Path.Combine(AppContext.BaseDirectory, "handbook.md"));
    foreach (string asked in Questions())
    {
        Console.WriteLine(asked);
        (string? section, string question) = sections.Find(asked);
        if (section is null)
        {
            Console.WriteLine("  No section of the handbook is about this.");
            continue;
        }

        Prediction<AnswerResult> answer = await handbook.PredictAsync(section, question, cancellationToken: cancellation.Token);
        Console.WriteLine($"  {answer.Value.Answer}   [{section.Split(':')[0]}]   {answer.Elapsed.TotalMilliseconds:0} ms");
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

IEnumerable<string> Questions()
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
