using NuGet.Protocol.Plugins;

namespace EdgeBuild.FakeCredentials;

/// <summary>Answers one kind of request.</summary>
/// <param name="answer">Gives the answer.</param>
internal sealed class Answer<TRequest, TResponse>(Func<TRequest, TResponse> answer) : IRequestHandler
    where TRequest : class
    where TResponse : class
{
    public CancellationToken CancellationToken => CancellationToken.None;

    public Task HandleResponseAsync(IConnection connection, Message request, IResponseHandler responseHandler, CancellationToken cancellationToken) =>
        responseHandler.SendResponseAsync(request, answer(MessageUtilities.DeserializePayload<TRequest>(request)!), cancellationToken);
}
