using System.Globalization;

namespace EdgeBuild.Prompts;

/// <summary>
/// Makes a prompt of a conversation that an app gives at run time. The system message is fixed text of the prompt, every other message an input, so that nothing
/// that is said can forge a marker of the chat format.
/// </summary>
public static class ChatConversation
{
    private const string Name = "chat";

    /// <summary>Makes the prompt; the texts of the turns are its inputs, in their order.</summary>
    /// <param name="system">What the system message says, or null for none.</param>
    /// <param name="turns">The other messages, the oldest first; at least one.</param>
    /// <param name="output">What the answer has to be.</param>
    /// <param name="maxInputTokens">The number of tokens that all turns together may take.</param>
    /// <returns>The prompt.</returns>
    public static PromptDocument ToDocument(string? system, IReadOnlyList<ChatTurn> turns, PromptOutput output, int maxInputTokens)
    {
        List<PromptMessage> messages = [.. turns.Select((turn, index) => new PromptMessage(turn.Role, [new PromptPart(InputName(index), IsPlaceholder: true, default)], default))];
        if (!string.IsNullOrEmpty(system))
        {
            messages.Insert(0, new PromptMessage(PromptRole.System, [new PromptPart(system!, IsPlaceholder: false, default)], default));
        }

        return new PromptDocument
        {
            Path = Name,
            Name = Name,
            Position = default,
            Inputs = [.. turns.Select((_, index) => new PromptInput { Name = InputName(index), Kind = PromptValueKind.String, Position = default })],
            Outputs = [output],
            Messages = messages,
            MaxInputTokens = maxInputTokens,
            Source = string.Empty,
            ContentHash = string.Empty,
        };
    }

    private static string InputName(int index) => "turn" + index.ToString(CultureInfo.InvariantCulture);
}
