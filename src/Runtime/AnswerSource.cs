namespace EdgeBuild.Runtime;

/// <summary>Who gave an answer.</summary>
public enum AnswerSource
{
    /// <summary>The model of the app.</summary>
    Model,

    /// <summary>The chat client that <see cref="EdgeClientOptions.Fallback"/> names, since the model was not confident.</summary>
    Fallback,
}
