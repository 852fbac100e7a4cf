using MeetingSummaries;

// Notes come as arguments, each a text or the path of a text file, or as a whole on standard input, or, with neither, from the three examples below.
string[] examples =
[
    """
    Weekly, shop team
    Edda: The returns page breaks on old iPads again.
    Milo: Nine people wrote. I can patch it, one day of work.
    Edda: Then the new filters are a day late, so be it. Patch first.
    Milo: OK, tomorrow. Do you tell marketing that the filters come on the 15th?
    Edda: Yes, this afternoon.
    """,
    """
    Parents' evening planning. Pizza or buffet? Pizza for 60 is 480, buffet from the parents costs nothing but last time there were eleven
    potato salads. A list will be hung up where everyone enters a dish, so buffet. Ruth hangs up the list on Monday, Mr. Oduya brings the
    plates from the canteen. Beginning at 18:30 as always.
    """,
    """
    Talked about moving the stand-up from 9:00 to 9:45. The parents in the team want it, the two in Lisbon would have it at 8:45 anyway and
    don't care, Gregor has the call with the plant at 10 and is against. Nobody wanted to overrule him while he was ill. Back on Thursday when
    he is here; Sanna asks the plant if its call can move.
    """,
];

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: MeetingSummaries [NOTES|FILE ...]   sums up each text or text file, or the notes on standard input");
    Console.WriteLine("       MeetingSummaries --evaluate [FILE]  measures the shipped model on a JSONL file (default: the test rows)");
    return 0;
}

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    cancellation.Cancel();
};

using var summary = new Summary();
try
{
    if (args is ["--evaluate", ..])
    {
        string file = args.Length > 1 ? args[1] : Path.Combine(AppContext.BaseDirectory, "data", "meetings.test.jsonl");
        return await Evaluation.RunAsync(summary, file, cancellation.Token);
    }

    // One word is no meeting: it is a mistyped path.
    if (Array.Find(args, argument => !File.Exists(argument) && !argument.Trim().Contains(' ')) is { } missing)
    {
        await Console.Error.WriteLineAsync($"{missing}: no such file. Give the path of a text file, or the notes themselves.");
        return 1;
    }

    foreach (string notes in await NotesAsync())
    {
        Console.WriteLine(FirstLine(notes));
        Console.Write("  ");

        // Pieces are written as the model makes them.
        await foreach (string piece in summary.StreamAsync(notes, cancellationToken: cancellation.Token))
        {
            Console.Write(piece);
        }

        Console.WriteLine();
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

async Task<string[]> NotesAsync()
{
    if (args.Length > 0)
    {
        return [.. args.Select(argument => File.Exists(argument) ? File.ReadAllText(argument) : argument)];
    }

    string piped = Console.IsInputRedirected ? await Console.In.ReadToEndAsync(cancellation.Token) : string.Empty;
    return string.IsNullOrWhiteSpace(piped) ? examples : [piped];
}

static string FirstLine(string notes)
{
    string line = notes.Trim().Split('\n')[0].Trim();
    return line.Length <= 90 ? line : line[..89] + "…";
}
