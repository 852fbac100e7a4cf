using EdgeApp._1;

string ticket = args.Length > 0 ? string.Join(' ', args) : "I was charged twice this month and need it back before payroll runs tonight.";

using var triage = new Triage();
Prediction<TriageResult> prediction = await triage.PredictAsync(ticket);

Console.WriteLine(ticket);
Console.WriteLine($"{prediction.Value.Category}{(prediction.Value.Urgent ? ", urgent" : string.Empty)}");
foreach ((TriageCategory category, double probability) in prediction.CategoryProbabilities().OrderByDescending(entry => entry.Value))
{
    Console.WriteLine($"  {category,-10} {probability:P1}");
}
