using EdgeApp._1;

var builder = WebApplication.CreateBuilder(args);

// One client for all requests: it holds the model, and calls that come together are answered together.
builder.Services.AddSingleton<ITriage, Triage>(_ => new Triage());

var app = builder.Build();

app.MapPost("/triage", async (Ticket ticket, ITriage triage, CancellationToken cancellation) =>
{
    Prediction<TriageResult> prediction = await triage.PredictAsync(ticket.Text, cancellationToken: cancellation);
    return new Answer(
        prediction.Value.Category.ToString(),
        prediction.Value.Urgent,
        prediction.CategoryProbabilities().ToDictionary(entry => entry.Key.ToString(), entry => entry.Value));
});

app.Run();

internal sealed record Ticket(string Text);

internal sealed record Answer(string Category, bool Urgent, IReadOnlyDictionary<string, double> Probabilities);
