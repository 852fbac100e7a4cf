namespace Agency;

/// <summary>The API that the shops post their customers' messages to.</summary>
internal static class MessageApi
{
    private const int LongestText = 10_000;

    public static WebApplication Create(string[] settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(settings);
        builder.Services.AddEdgeBuild();
        builder.Services.AddDispatch();
        builder.Services.AddProblemDetails();
        builder.Services.AddHealthChecks().AddCheck<EdgeHealthCheck>("models");
        WebApplication app = builder.Build();
        app.MapHealthChecks("/health");

        // In production the shop is who has signed in, never what a caller writes into an address.
        app.MapPost("/shops/{shop}/messages", AnswerAsync);
        return app;
    }

    private static async Task<IResult> AnswerAsync(string shop, Message message, IDispatch dispatch, CancellationToken cancellationToken)
    {
        if (!Shops.Names.Contains(shop))
        {
            return Results.Problem($"There is no shop '{shop}'.", statusCode: StatusCodes.Status404NotFound);
        }

        if (string.IsNullOrWhiteSpace(message.Text) || message.Text.Length > LongestText)
        {
            return Results.Problem($"The text of a message has 1 to {LongestText} characters.", statusCode: StatusCodes.Status400BadRequest);
        }

        Prediction<DispatchResult> answer = await dispatch.PredictAsync(message.Text, new DispatchOptions { Adapter = shop }, cancellationToken);
        DispatchDepartment department = answer.Value.Department;
        return Results.Ok(new Answer(department, answer.DepartmentProbabilities()[department], answer.IsConfident));
    }

    /// <summary>What a shop posts.</summary>
    internal sealed record Message(string? Text);

    /// <summary>What it gets. A message without a confident answer is one for a person.</summary>
    internal sealed record Answer(DispatchDepartment Department, double Probability, bool Confident);
}
