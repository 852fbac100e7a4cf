using EdgeBuild.FakeCredentials;
using NuGet.Protocol.Plugins;

using var stop = new CancellationTokenSource();
var handlers = new RequestHandlers();
handlers.TryAdd(MessageMethod.GetOperationClaims, new Answer<GetOperationClaimsRequest, GetOperationClaimsResponse>(_ => new GetOperationClaimsResponse([OperationClaim.Authentication])));
handlers.TryAdd(MessageMethod.Initialize, new Answer<InitializeRequest, InitializeResponse>(_ => new InitializeResponse(MessageResponseCode.Success)));
handlers.TryAdd(MessageMethod.SetLogLevel, new Answer<SetLogLevelRequest, SetLogLevelResponse>(_ => new SetLogLevelResponse(MessageResponseCode.Success)));
handlers.TryAdd(MessageMethod.GetAuthenticationCredentials, new Answer<GetAuthenticationCredentialsRequest, GetAuthenticationCredentialsResponse>(request =>
{
    string[] credentials = (Environment.GetEnvironmentVariable("FAKE_CREDENTIALS") ?? ":").Split(':');

    // A second question means that the first answer was not accepted.
    return request.IsRetry
        ? new GetAuthenticationCredentialsResponse(null, null, "no other credentials", null, MessageResponseCode.NotFound)
        : new GetAuthenticationCredentialsResponse(credentials[0], credentials[1], null, ["basic"], MessageResponseCode.Success);
}));

using IPlugin plugin = await PluginFactory.CreateFromCurrentProcessAsync(handlers, ConnectionOptions.CreateDefault(), stop.Token);
plugin.Connection.Faulted += (_, _) => stop.Cancel();
plugin.Closed += (_, _) => stop.Cancel();
try
{
    await Task.Delay(TimeSpan.FromMinutes(5), stop.Token);
}
catch (OperationCanceledException)
{
    // NuGet has closed the connection.
}
