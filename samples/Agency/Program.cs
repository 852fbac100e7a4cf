using Agency;

// One base model for all clients of the agency, and an adapter for each: the shop that a message came to chooses the adapter.
string[] examples =
[
    "It came out of the box broken, I want my money back.",
    "Where is my order? It should have been here on Tuesday.",
    "Please cancel what I ordered this morning.",
];

if (args is ["--help" or "-h"])
{
    Console.WriteLine("Usage: Agency [MESSAGE ...]             asks every shop's adapter for its department; messages may be lines on standard input");
    Console.WriteLine("       Agency --serve [--urls ADDRESS]  answers POST /shops/SHOP/messages with a body of { \"text\": \"...\" }");
    Console.WriteLine("       Agency --evaluate                measures the shipped adapters on the test messages of their shops");
    return 0;
}

if (args is ["--serve", .. string[] settings])
{
    await MessageApi.Create(settings).RunAsync();
    return 0;
}

using var dispatch = new Dispatch();
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    cancellation.Cancel();
};

try
{
    if (args is ["--evaluate"])
    {
        return await Evaluation.RunAsync(dispatch, cancellation.Token);
    }

    foreach (string message in Messages())
    {
        Console.WriteLine(message.Length <= 90 ? message : message[..89] + "…");
        foreach (string shop in Shops.Names)
        {
            Prediction<DispatchResult> answer = await dispatch.PredictAsync(message, new DispatchOptions { Adapter = shop }, cancellation.Token);
            DispatchDepartment department = answer.Value.Department;
            Console.WriteLine($"  {shop,-8} {department,-9} {answer.DepartmentProbabilities()[department],7:P1}   {answer.Elapsed.TotalMilliseconds:0} ms");
        }
    }

    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}

IEnumerable<string> Messages()
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
