using ChatServer;
using EdgeBuild.Runtime;
using Microsoft.Extensions.AI;

// A model that runs in this process, behind the API that most chat programs speak:
//   dotnet run --project samples/ChatServer -- --Model PATH.gguf --urls http://127.0.0.1:8080
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
string model = builder.Configuration["Model"] ?? throw new InvalidOperationException("Give the path of a GGUF file: --Model PATH.gguf");
builder.Services.AddEdgeBuild();
builder.Services.AddEdgeChatClient((_, options) => options.ModelPath = model, builder.Configuration.GetValue("ContextLength", 2048));
builder.Services.AddHealthChecks().AddCheck<EdgeHealthCheck>("models");
WebApplication app = builder.Build();

string name = Path.GetFileNameWithoutExtension(model);
app.MapHealthChecks("/health");
app.MapGet("/v1/models", () => Results.Text(CompletionWriter.Models(name), "application/json"));
app.MapPost("/v1/chat/completions", async (HttpContext http, IChatClient chat, CancellationToken cancellationToken) =>
{
    try
    {
        CompletionRequest request = await CompletionRequest.ReadAsync(http.Request.Body, cancellationToken);
        if (request.Stream)
        {
            await CompletionWriter.StreamAsync(http.Response, chat, request, cancellationToken);
        }
        else
        {
            ChatResponse response = await chat.GetResponseAsync(request.Messages, request.Options, cancellationToken);
            await CompletionWriter.WriteAsync(http.Response, response, cancellationToken);
        }
    }
    catch (Exception exception) when (exception is EdgeModelException or FormatException or ArgumentException && !http.Response.HasStarted)
    {
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(CompletionWriter.Error(exception), cancellationToken);
    }
});

await app.RunAsync();
