using SensorAnomalies;

// Without arguments three examples are answered; lines on standard input have the three fields parted by '|'.
(string Machine, string State, string Readings)[] examples =
[
    ("hammer mill HM-2, 75 kW, maize", "running 2960 rpm, feed 4 t/h as set, air 20 C",
        "vib 9.8 mm/s +190 %; envelope 5.2 g +320 %; t_bearing 83 C +24 K; current 104 A +2 %; power 58 kW +1 %"),
    ("hammer mill HM-2, 75 kW, maize", "starting, 3 s since start", "current 690 A +570 %; speed 1900 rpm -36 %; t_motor 31 C -38 K; vib 4.0 mm/s +18 %"),
    ("hammer mill HM-2, 75 kW, maize", "running 2960 rpm, feed 4 t/h as set, air 21 C",
        "t_motor 109 C +41 K; current 102 A 0 %; power 57 kW 0 %; vib 3.4 mm/s +1 %; fan cowl covered with dust"),
];

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: SensorAnomalies MACHINE STATE READINGS   tells the anomaly; without arguments one a line on standard input,");
    Console.WriteLine("                                                as MACHINE|STATE|READINGS");
    Console.WriteLine("       SensorAnomalies --evaluate [FILE]        measures the shipped model on a JSONL file (default: the test rows)");
    return 0;
}

using var diagnosis = new Diagnosis();
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
        string file = args.Length > 1 ? args[1] : Path.Combine(AppContext.BaseDirectory, "data", "readings.test.jsonl");
        return await Evaluation.RunAsync(diagnosis, file, cancellation.Token);
    }

    if (args.Length is not 0 and not 3)
    {
        await Console.Error.WriteLineAsync("Give three arguments: MACHINE STATE READINGS. --help tells more.");
        return 1;
    }

    foreach ((string machine, string state, string readings) in Windows())
    {
        Prediction<DiagnosisResult> answer = await diagnosis.PredictAsync(machine, state, readings, cancellationToken: cancellation.Token);
        IEnumerable<string> ranking = answer.AnomalyProbabilities().OrderByDescending(entry => entry.Value).Take(3)
            .Select(entry => $"{entry.Key} {entry.Value:P1}");
        Console.WriteLine($"{machine} | {state}");
        Console.WriteLine($"  {readings}");
        Console.WriteLine($"  {answer.Value.Anomaly}   [{string.Join(" | ", ranking)}]   {answer.Elapsed.TotalMilliseconds:0} ms");
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

IEnumerable<(string Machine, string State, string Readings)> Windows()
{
    if (args.Length == 3)
    {
        return [(args[0], args[1], args[2])];
    }

    return Console.IsInputRedirected && Lines() is { Count: > 0 } lines ? lines : examples;
}

static List<(string Machine, string State, string Readings)> Lines()
{
    var windows = new List<(string Machine, string State, string Readings)>();
    while (Console.In.ReadLine() is { } line)
    {
        if (line.Split('|', StringSplitOptions.TrimEntries) is [var machine, var state, var readings])
        {
            windows.Add((machine, state, readings));
        }
        else if (!string.IsNullOrWhiteSpace(line))
        {
            Console.Error.WriteLine($"Left out, since it is not MACHINE|STATE|READINGS: {line}");
        }
    }

    return windows;
}
