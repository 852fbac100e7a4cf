namespace EdgeBuild.Package.Tests;

/// <summary>What a user of the package writes: a project with one package, a prompt without labels, forty rows, and five lines of code.</summary>
internal sealed class UserApp
{
    private readonly PackedFeed _feed;

    public UserApp(PackedFeed feed, string name)
    {
        _feed = feed;
        Directory = Path.Combine(feed.Root, name);
        Write("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="EdgeBuild" Version="{feed.Version}" />
                <EdgeBase Include="tiny" Source="base.gguf" License="MIT" />
                <EdgeModel Include="Support" Base="tiny" Epochs="4" />
                <EdgePrompt Include="triage.prompty" Model="Support" />
                <EdgeDataset Include="data/train.jsonl" Prompt="triage" />
              </ItemGroup>
            </Project>
            """);
        Write("triage.prompty", """
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
        Write("Program.cs", """
            using App;

            using var triage = new Triage();
            TriageResult result = await triage.RunAsync(args[0]);
            Prediction<TriageResult> prediction = await triage.PredictAsync(args[0]);
            TriageCategory category = result.Category;
            Console.WriteLine($"answer: {category}, same: {prediction.Value.Category == category}");

            """);
        WriteRows("category");
        File.Copy(Path.Combine(PackedFeed.RepositoryRoot, "tests", "Fixtures", "smollm2", "base.gguf"), Path.Combine(Directory, "base.gguf"));
    }

    public string Directory { get; }

    public string ShippedModel => Path.Combine(Directory, "bin", "Debug", "net10.0", "edge", "Support.gguf");

    public string LockFile => Path.Combine(Directory, "edgebuild.lock.json");

    public void WriteRows(string labelColumn)
    {
        string[] texts = ["twice charged", "no invoice", "refund please", "wrong price", "card refused", "cannot log in", "password lost", "locked out", "new user", "reset my key"];
        Write("data/train.jsonl", string.Concat(Enumerable.Range(0, 40).Select(row =>
            $"{{\"ticket\": \"{texts[row % 10]} {row}\", \"{labelColumn}\": \"{(row % 10 < 5 ? "Billing" : "Access")}\"}}\n")));
    }

    public CommandResult Dotnet(params string[] arguments) => _feed.Run(Directory, arguments);

    /// <summary>Runs dotnet with a variable that leads to an empty folder, so that what is looked for there is not found.</summary>
    public CommandResult DotnetWithout(string variable, params string[] arguments) =>
        _feed.Run(Directory, new Dictionary<string, string> { [variable] = System.IO.Directory.CreateDirectory(Path.Combine(Directory, "empty")).FullName }, arguments);

    private void Write(string path, string text)
    {
        string full = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
