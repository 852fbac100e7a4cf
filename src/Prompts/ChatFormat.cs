namespace EdgeBuild.Prompts;

/// <summary>
/// A known chat format. The markers are those of the models' own templates; the templates, which are programs, are recognised and
/// never executed.
/// </summary>
public sealed class ChatFormat
{
    private readonly string _beforeRole;
    private readonly string _afterRole;
    private readonly string _assistantRole;

    private ChatFormat(string id, string beforeRole, string afterRole, string endOfTurn, string turnSeparator, bool hasSystemRole = true, string assistantRole = "assistant")
    {
        Id = id;
        _beforeRole = beforeRole;
        _afterRole = afterRole;
        EndOfTurn = endOfTurn;
        TurnSeparator = turnSeparator;
        HasSystemRole = hasSystemRole;
        _assistantRole = assistantRole;
    }

    /// <summary>Gets the format of SmolLM2, Qwen 2.5 and Qwen 3.</summary>
    public static ChatFormat ChatML { get; } = new("chatml", "<|im_start|>", "\n", "<|im_end|>", "\n");

    /// <summary>Gets the format of Llama 3, 3.1 and 3.2.</summary>
    public static ChatFormat Llama3 { get; } = new("llama3", "<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>", string.Empty);

    /// <summary>Gets the format of Gemma 2 and 3. It has no system role: the system message stands before the first user message, as in its template.</summary>
    public static ChatFormat Gemma { get; } = new("gemma", "<start_of_turn>", "\n", "<end_of_turn>", "\n", hasSystemRole: false, assistantRole: "model");

    /// <summary>Gets the format of Phi-4 mini, which has no line ends between its markers.</summary>
    public static ChatFormat Phi { get; } = new("phi", "<|", "|>", "<|end|>", string.Empty);

    /// <summary>Gets the format of Phi-3 and Phi-3.5.</summary>
    public static ChatFormat Phi3 { get; } = new("phi3", "<|", "|>\n", "<|end|>", "\n");

    /// <summary>Gets every format.</summary>
    public static IReadOnlyList<ChatFormat> All { get; } = [ChatML, Llama3, Gemma, Phi, Phi3];

    /// <summary>Gets the name of the format in manifests and messages.</summary>
    public string Id { get; }

    /// <summary>Gets the token that ends a turn; an answer ends with it.</summary>
    public string EndOfTurn { get; }

    /// <summary>Gets the text between <see cref="EndOfTurn"/> and the header of the next turn.</summary>
    public string TurnSeparator { get; }

    /// <summary>Gets a value indicating whether the format has a system role.</summary>
    public bool HasSystemRole { get; }

    /// <summary>Gets the text between the system message and the user message where <see cref="HasSystemRole"/> is false.</summary>
    public string SystemSeparator { get; } = "\n\n";

    /// <summary>The markers before the text of a message.</summary>
    /// <param name="role">Who says it.</param>
    /// <returns>The header, with its line ends.</returns>
    /// <exception cref="ArgumentException">The format has no system role.</exception>
    public string Header(PromptRole role)
    {
        string name = role switch
        {
            PromptRole.System => HasSystemRole ? "system" : throw new ArgumentException($"The chat format {Id} has no system role.", nameof(role)),
            PromptRole.User => "user",
            _ => _assistantRole,
        };
        return _beforeRole + name + _afterRole;
    }

    /// <summary>Recognises the format of a model by the markers in its template.</summary>
    /// <param name="chatTemplate">The value of <c>tokenizer.chat_template</c>.</param>
    /// <returns>The format; null when the template is absent or of none of the known formats.</returns>
    public static ChatFormat? Detect(string? chatTemplate)
    {
        if (chatTemplate is null)
        {
            return null;
        }

        bool Has(string marker) => chatTemplate.Contains(marker);
        if (Has("<|im_start|>"))
        {
            // Phi-4 (14B) shares the marker but puts <|im_sep|> after the role.
            return Has("<|im_sep|>") ? null : ChatML;
        }

        if (Has("<|start_header_id|>") && Has("<|eot_id|>"))
        {
            return Llama3;
        }

        if (Has("<start_of_turn>"))
        {
            return Gemma;
        }

        if (Has("<|end|>") && Has("<|assistant|>"))
        {
            // Line ends are written as \n in the template's strings, or as themselves.
            return Has("<|assistant|>\\n") || Has("<|assistant|>\n") ? Phi3 : Phi;
        }

        return null;
    }

    /// <summary>Finds a format by its <see cref="Id"/>.</summary>
    /// <param name="id">The exact id.</param>
    /// <returns>The format, or null.</returns>
    public static ChatFormat? FromId(string id) => All.FirstOrDefault(format => format.Id == id);
}
