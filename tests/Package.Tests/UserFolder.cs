namespace EdgeBuild.Package.Tests;

/// <summary>A folder of a user. The task that it can hold is so small that its model trains in seconds.</summary>
internal class UserFolder
{
    public const string Program = """
        using App;

        using var triage = new Triage();
        TriageResult result = await triage.RunAsync(args[0]);
        Prediction<TriageResult> prediction = await triage.PredictAsync(args[0]);
        TriageCategory category = result.Category;
        Console.WriteLine($"answer: {category}, same: {prediction.Value.Category == category}");

        """;

    /// <summary>What <see cref="Program"/> prints.</summary>
    public const string AnswerPattern = "^answer: (Access|Billing), same: True$";

    private static readonly string[] _texts = ["twice charged", "no invoice", "refund please", "wrong price", "card refused", "cannot log in", "password lost", "locked out", "new user", "reset my key"];

    public UserFolder(PackedFeed feed, string name)
    {
        Feed = feed;
        Directory = Path.Combine(feed.Root, name);
        System.IO.Directory.CreateDirectory(Directory);
    }

    public string Directory { get; }

    protected PackedFeed Feed { get; }

    public static string Rows(int count, string labelColumn = "category") => string.Concat(Enumerable.Range(0, count).Select(row =>
        $"{{\"ticket\": \"{_texts[row % 10]} {row}\", \"{labelColumn}\": \"{(row % 10 < 5 ? "Billing" : "Access")}\"}}\n"));

    /// <summary>Writes a project with the task and its files.</summary>
    /// <param name="path">Where, from this folder.</param>
    /// <param name="properties">Its properties.</param>
    /// <param name="items">Further items.</param>
    /// <param name="model">The name of the model.</param>
    public void WriteTaskProject(string path, string properties, string items = "", string model = "Support")
    {
        string folder = Path.GetDirectoryName(path)!;
        WriteProject(path, properties, $"""
                <PackageReference Include="EdgeBuild" Version="{Feed.Version}" />
                <EdgeBase Include="tiny" Source="base.gguf" License="MIT" />
                <EdgeModel Include="{model}" Base="tiny" Epochs="4" />
                <EdgePrompt Include="triage.prompty" Model="{model}" />
                <EdgeDataset Include="data/train.jsonl" Prompt="triage" />
                {items}
            """);
        Write(Path.Combine(folder, "triage.prompty"), """
            ---
            name: triage
            metadata:
              edge:
                maxInputTokens: 128
            inputs:
              - name: ticket
                kind: string
            outputs:
              - name: category
                kind: string
                required: true
            ---
            user:
            {{ticket}}

            """);
        Write(Path.Combine(folder, "data", "train.jsonl"), Rows(40));
        File.Copy(PackedFeed.TinyBase, Path.Combine(Directory, folder, "base.gguf"));
    }

    public void WriteProject(string path, string properties, string items, string sdk = "Microsoft.NET.Sdk") => Write(path, $"""
        <Project Sdk="{sdk}">
          <PropertyGroup>
            {properties}
            <TargetFramework Condition="'$(TargetFrameworks)' == ''">net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
          </PropertyGroup>
          <ItemGroup>
        {items}
          </ItemGroup>
        </Project>
        """);

    public CommandResult Dotnet(params string[] arguments) => Feed.Run(Directory, arguments);

    /// <summary>Runs a published program on a machine that has nothing but it.</summary>
    public CommandResult RunProgram(string path, params string[] arguments) => Feed.RunProgram(Path.Combine(Directory, path), arguments);

    /// <summary>Runs a published assembly on a machine that has nothing but it and .NET.</summary>
    public CommandResult RunAssembly(string path, params string[] arguments) => Feed.RunProgram("dotnet", [PathOf(path), .. arguments]);

    /// <summary>Runs an installed tool on a machine that has nothing but it and the restored packages.</summary>
    public CommandResult RunTool(string path, params string[] arguments) => Feed.RunTool(Path.Combine(Directory, path), arguments);

    public void Write(string path, string text)
    {
        string full = PathOf(path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public string PathOf(string path) => Path.Combine(Directory, path);

    /// <summary>The files below a folder, with forward slashes.</summary>
    public string[] FilesOf(string path) =>
        [.. System.IO.Directory.EnumerateFiles(PathOf(path), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(PathOf(path), file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
