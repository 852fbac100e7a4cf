namespace EdgeBuild.Prompts;

/// <summary>Who says a message.</summary>
public enum PromptRole
{
    /// <summary><c>system:</c>.</summary>
    System,

    /// <summary><c>user:</c>.</summary>
    User,

    /// <summary><c>assistant:</c>.</summary>
    Assistant,
}
