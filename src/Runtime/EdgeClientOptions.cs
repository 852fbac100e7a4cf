using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime;

/// <summary>How a client finds and runs its model. All clients of one model file in a process share the loaded model.</summary>
public sealed class EdgeClientOptions
{
    /// <summary>The precision that is asked for when the app says nothing.</summary>
    internal const double DefaultPrecision = 0.95;

    /// <summary>Gets or sets the model file; null for <c>edge/&lt;Model&gt;.gguf</c> beside the app.</summary>
    public string? ModelPath { get; set; }

    /// <summary>Gets or sets the manifest; null to read the one beside the model file.</summary>
    public EdgeManifest? Manifest { get; set; }

    /// <summary>
    /// Gets or sets the number of threads that compute; null for the number of physical cores that the process may use. The
    /// first client of a model file decides. More threads than free cores make every call many times slower.
    /// </summary>
    public int? Threads { get; set; }

    /// <summary>
    /// Gets or sets what computes; a GPU only when the app has a package for it. Answers of a GPU differ from those that the build has measured by
    /// rounding. The first client of a model file decides.
    /// </summary>
    public EdgeDevice Device { get; set; }

    /// <summary>
    /// Gets or sets the number of rows that bulk work answers at once; 1 for the very numbers of single calls. More rows take
    /// more memory for logits, so that fewer are taken where the vocabulary or the number of labels is large.
    /// </summary>
    public int RowsPerBatch { get; set; } = 8;

    /// <summary>
    /// Gets or sets the number of bytes that loaded adapters of the model may take together; those that were not used for longest
    /// are freed. The first client of a model file decides.
    /// </summary>
    public long AdapterMemoryLimit { get; set; } = 512L << 20;

    /// <summary>
    /// Gets or sets a value indicating whether the SHA-256 of the model file is compared with the manifest when it is loaded.
    /// Once verified, an unchanged file is not read again.
    /// </summary>
    public bool VerifyHashes { get; set; } = true;

    /// <summary>
    /// Gets or sets the share of right answers that the app asks for, from 0 to 1. <see cref="FieldPrediction.IsConfident"/> tells which answers reach
    /// it, by the thresholds that the build has measured for each label; for a model without them the probability itself is compared.
    /// </summary>
    public double RequiredPrecision { get; set; } = DefaultPrecision;

    /// <summary>
    /// Gets or sets who answers in place of the model what the model is not confident of, through the same result type: a chat client of the app's
    /// choice, for example one of a larger model. Null, the default, for nobody. The inputs of such calls are sent to it. When it fails or gives
    /// no valid answer, that of the model stands. The client stays the app's to dispose.
    /// </summary>
    public IChatClient? Fallback { get; set; }

    /// <summary>Gets or sets the log; null for none. Inputs and answers are never logged.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether spans hold what is asked and answered. False unless the environment variable
    /// <c>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT</c> is <c>true</c>.
    /// </summary>
    public bool EnableSensitiveData { get; set; } = string.Equals(
        Environment.GetEnvironmentVariable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets or sets the folder of the adapters' files; null for that of the model file.</summary>
    public string? AdapterDirectory { get; set; }

    /// <summary>Gets or sets where verified files are remembered.</summary>
    internal ModelFileProof Proofs { get; set; } = ModelFileProof.OfUser;
}
