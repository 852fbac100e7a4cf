using HomeAgent;

// Requests come as arguments, as lines on standard input, or, with neither, from the three examples below.
string[] examples =
[
    "Dim the bathroom lights please, I'm going to lie in the tub",
    "we have run out of honey",
    "blinds closed and the heating to 20",
];

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: HomeAgent [REQUEST ...]     does what the arguments ask for, or one request a line of standard input");
    Console.WriteLine("       HomeAgent --evaluate [FILE] measures the shipped model on a JSONL file (default: the test requests)");
    return 0;
}

using var assistant = new Assistant();
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
        string file = args.Length > 1 ? args[1] : Path.Combine(AppContext.BaseDirectory, "data", "requests.test.jsonl");
        return await Evaluation.RunAsync(assistant, file, cancellation.Token);
    }

    var house = new House();
    await foreach (string request in RequestsAsync())
    {
        Prediction<AssistantResult> answer = await assistant.PredictAsync(request, cancellationToken: cancellation.Token);
        string done = await answer.Value.Call.InvokeAsync(house, cancellation.Token);
        Console.WriteLine(request);
        Console.WriteLine($"  {done}   [{answer.Fields[0].Text}]   {answer.Elapsed.TotalMilliseconds:0} ms");
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

async IAsyncEnumerable<string> RequestsAsync()
{
    if (args.Length > 0 || !Console.IsInputRedirected)
    {
        foreach (string request in args.Length > 0 ? args : examples)
        {
            yield return request;
        }

        yield break;
    }

    // Answered as they come, so that a program which listens can stay connected.
    bool any = false;
    while (await Console.In.ReadLineAsync(cancellation.Token) is { } line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            any = true;
            yield return line;
        }
    }

    foreach (string request in any ? [] : examples)
    {
        yield return request;
    }
}
