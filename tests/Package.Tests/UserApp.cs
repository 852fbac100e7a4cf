namespace EdgeBuild.Package.Tests;

/// <summary>What a user of the package writes: a project with one package, a prompt without labels, forty rows, and five lines of code.</summary>
internal sealed class UserApp : UserFolder
{
    public UserApp(PackedFeed feed, string name, string properties = "", string items = "")
        : base(feed, name)
    {
        WriteTaskProject("App.csproj", "<OutputType>Exe</OutputType>" + properties, items);
        Write("Program.cs", Program);
    }

    public string ShippedModel => PathOf("bin/Debug/net10.0/edge/Support.gguf");

    public string LockFile => PathOf("edgebuild.lock.json");

    /// <summary>Runs dotnet with a variable that leads to an empty folder, so that what is looked for there is not found.</summary>
    public CommandResult DotnetWithout(string variable, params string[] arguments) =>
        Feed.Run(Directory, new Dictionary<string, string> { [variable] = System.IO.Directory.CreateDirectory(PathOf("empty")).FullName }, arguments);
}
