namespace EdgeBuild.Contracts;

/// <summary>
/// Every code that EdgeBuild reports. 0xxx project, 1xxx prompts and data, 2xxx training and evaluation, 3xxx artifacts,
/// 4xxx base models and acquisition, 9xxx worker. Each has a page docs/errors/EDGEnnnn.md.
/// </summary>
public static class ErrorCodes
{
    /// <summary>An item or property of the project is wrong or missing.</summary>
    public const string InvalidProjectItem = "EDGE0001";

    /// <summary>An item refers to a prompt, model, base or adapter that no item declares.</summary>
    public const string UnknownReference = "EDGE0002";

    /// <summary>Two items have the same name.</summary>
    public const string DuplicateItem = "EDGE0003";

    /// <summary>A file that an item names does not exist.</summary>
    public const string FileNotFound = "EDGE0004";

    /// <summary>A trained artifact is missing or does not match the lock file, and the training mode forbids training.</summary>
    public const string ArtifactMissingWhenLocked = "EDGE0005";

    /// <summary>edgebuild.lock.json cannot be read.</summary>
    public const string InvalidLockFile = "EDGE0006";

    /// <summary>The project's language is not C#.</summary>
    public const string UnsupportedLanguage = "EDGE0007";

    /// <summary>A file or folder cannot be read or written: no permission, a full disk, a read-only file system.</summary>
    public const string StorageFailed = "EDGE0008";

    /// <summary>C# code holds a thread until a generated client has its answer (warning).</summary>
    public const string BlockingCall = "EDGE0101";

    /// <summary>C# code makes a generated client and never disposes it (warning).</summary>
    public const string ClientNotDisposed = "EDGE0102";

    /// <summary>C# code makes a generated client for every call (warning).</summary>
    public const string ClientPerCall = "EDGE0103";

    /// <summary>The front matter of a prompt file is not in the supported subset.</summary>
    public const string InvalidFrontMatter = "EDGE1001";

    /// <summary>The prompt file is in the Prompty v1 format.</summary>
    public const string PromptyVersion1 = "EDGE1002";

    /// <summary>The body of a prompt file is malformed (roles, braces).</summary>
    public const string InvalidPromptBody = "EDGE1003";

    /// <summary>A placeholder names no input.</summary>
    public const string UnknownPlaceholder = "EDGE1004";

    /// <summary>An input is never used in the body (warning).</summary>
    public const string UnusedInput = "EDGE1005";

    /// <summary>A role marker is almost right (warning).</summary>
    public const string NearRoleMarker = "EDGE1006";

    /// <summary>A kind of input or output is not supported.</summary>
    public const string UnsupportedKind = "EDGE1007";

    /// <summary>Two labels are equal.</summary>
    public const string DuplicateLabel = "EDGE1008";

    /// <summary>A name appears twice in the front matter.</summary>
    public const string DuplicateName = "EDGE1009";

    /// <summary>An output has no labels yet: no enumValues and none in the lock file (warning until the first build).</summary>
    public const string LabelsUnknown = "EDGE1010";

    /// <summary>Two labels give the same C# name, so that one of them gets a number (warning).</summary>
    public const string LabelNameClash = "EDGE1020";

    /// <summary>The lock file was written for another version of a prompt (warning).</summary>
    public const string StaleLock = "EDGE1030";

    /// <summary>A dataset row is not valid JSON.</summary>
    public const string InvalidJson = "EDGE1101";

    /// <summary>A CSV row is malformed.</summary>
    public const string InvalidCsv = "EDGE1102";

    /// <summary>A row lacks a column, or a column of the header is missing.</summary>
    public const string MissingColumn = "EDGE1103";

    /// <summary>A value has the wrong type.</summary>
    public const string WrongValueType = "EDGE1104";

    /// <summary>A value is not one of the labels.</summary>
    public const string UnknownLabel = "EDGE1105";

    /// <summary>A dataset has no rows, or too few to train or evaluate.</summary>
    public const string TooFewRows = "EDGE1106";

    /// <summary>Equal inputs carry different labels (warning).</summary>
    public const string ConflictingRows = "EDGE1107";

    /// <summary>A row looks as if it held a secret or personal data (warning).</summary>
    public const string SensitiveText = "EDGE1108";

    /// <summary>The dataset's file type or encoding is not supported.</summary>
    public const string UnsupportedDataset = "EDGE1109";

    /// <summary>A label of the prompt occurs in no training row (warning).</summary>
    public const string LabelWithoutRows = "EDGE1110";

    /// <summary>The messages of a chat row don't fit the prompt.</summary>
    public const string InvalidMessages = "EDGE1111";

    /// <summary>A row stands twice (warning).</summary>
    public const string DuplicateRow = "EDGE1112";

    /// <summary>A test or validation row was trained on (warning).</summary>
    public const string LeakedRow = "EDGE1113";

    /// <summary>A label has far fewer rows than the others (warning).</summary>
    public const string RareLabel = "EDGE1114";

    /// <summary>Inputs of a row are longer than what the model is given (warning).</summary>
    public const string CutInput = "EDGE1115";

    /// <summary>The trained model is sure that a training row has another label (warning).</summary>
    public const string SuspectedLabel = "EDGE1116";

    /// <summary>The system message of chat rows is not the prompt's (warning).</summary>
    public const string OtherSystemMessage = "EDGE1117";

    /// <summary>Training failed, for example because the loss is not a number.</summary>
    public const string TrainingFailed = "EDGE2001";

    /// <summary>The trained model is not good enough to ship.</summary>
    public const string GateFailed = "EDGE2002";

    /// <summary>A recipe setting is out of range.</summary>
    public const string InvalidRecipe = "EDGE2003";

    /// <summary>The run was cancelled.</summary>
    public const string Cancelled = "EDGE2004";

    /// <summary>A row is longer than the model's context.</summary>
    public const string ContextExceeded = "EDGE2005";

    /// <summary>The training will not fit the time that it may take, and is cut short (warning).</summary>
    public const string TrainingCutShort = "EDGE2006";

    /// <summary>The training needs more memory than the machine has.</summary>
    public const string InsufficientMemory = "EDGE2007";

    /// <summary>Merging or quantizing failed.</summary>
    public const string QuantizationFailed = "EDGE3001";

    /// <summary>An adapter does not fit the base model.</summary>
    public const string AdapterMismatch = "EDGE3002";

    /// <summary>An artifact beside the app is missing, damaged or of another build.</summary>
    public const string ArtifactInvalid = "EDGE3003";

    /// <summary>A quantization name is unknown.</summary>
    public const string UnknownQuantization = "EDGE3004";

    /// <summary>The type of the base is too coarse to keep what a training changed (warning).</summary>
    public const string CoarseQuantization = "EDGE3005";

    /// <summary>A command needs a model that no build has made yet.</summary>
    public const string ModelNotBuilt = "EDGE3006";

    /// <summary>A key cannot sign or verify models.</summary>
    public const string UnusableSigningKey = "EDGE3007";

    /// <summary>The signature of a model does not hold.</summary>
    public const string InvalidSignature = "EDGE3008";

    /// <summary>The models of a package are larger than feeds accept.</summary>
    public const string PackageTooLarge = "EDGE3010";

    /// <summary>A chat request asks for something that the model cannot be held to.</summary>
    public const string UnsupportedChatRequest = "EDGE3020";

    /// <summary>The model failed while it computed an answer.</summary>
    public const string ComputationFailed = "EDGE3021";

    /// <summary>A call did not end within the time that it was given.</summary>
    public const string CallTimedOut = "EDGE3022";

    /// <summary>A GGUF file is damaged or not a GGUF file.</summary>
    public const string InvalidGguf = "EDGE4001";

    /// <summary>The architecture of the base model is not supported.</summary>
    public const string UnsupportedArchitecture = "EDGE4002";

    /// <summary>A file's SHA-256 differs from the pinned one.</summary>
    public const string HashMismatch = "EDGE4003";

    /// <summary>Something must be fetched and there is no network, or EdgeBuildOffline is set.</summary>
    public const string AcquisitionFailed = "EDGE4004";

    /// <summary>The native llama.cpp libraries are missing, damaged or of another release.</summary>
    public const string NativeLibraryMissing = "EDGE4005";

    /// <summary>libtorch is missing or cannot be loaded on this host.</summary>
    public const string LibTorchUnavailable = "EDGE4006";

    /// <summary>The base model's chat format is not known.</summary>
    public const string UnknownChatFormat = "EDGE4007";

    /// <summary>A base that must be fetched names no fixed file, or its SHA-256 is not known where nothing may be learned anew.</summary>
    public const string BaseNotPinned = "EDGE4008";

    /// <summary>A server wants a token, or its owner's consent, before it hands out a file.</summary>
    public const string AccessDenied = "EDGE4009";

    /// <summary>The licence of a base is not known (warning).</summary>
    public const string UnknownLicense = "EDGE4010";

    /// <summary>A NuGet feed does not have a package, or does not take one.</summary>
    public const string FeedFailed = "EDGE4011";

    /// <summary>The worker failed in a way that is a defect of EdgeBuild.</summary>
    public const string WorkerDefect = "EDGE9001";

    /// <summary>The worker could not be started, or ended without a result.</summary>
    public const string WorkerNotStarted = "EDGE9002";

    /// <summary>Link to the page of a code.</summary>
    /// <param name="code">A code of this class.</param>
    /// <returns>A path below the repository's documentation.</returns>
    public static string HelpPath(string code) => $"docs/errors/{code}.md";
}
