using System.Reflection;
using System.Text.RegularExpressions;

namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed partial class ErrorPageTests
{
    private static readonly string _root = FindRoot();

    private static readonly string[] _codes =
    [
        .. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!),
    ];

    [TestMethod]
    public void Every_code_is_unique_and_well_formed()
    {
        Assert.IsNotEmpty(_codes);
        Assert.HasCount(_codes.Length, _codes.Distinct());
        Assert.IsEmpty(_codes.Where(code => !CodePattern().IsMatch(code)));
    }

    [TestMethod]
    public void Every_code_has_a_page_and_every_page_a_code()
    {
        string[] pages = [.. Directory.GetFiles(Path.Combine(_root, "docs", "errors"), "EDGE*.md").Select(path => Path.GetFileNameWithoutExtension(path))];
        CollectionAssert.AreEquivalent(_codes, pages);
    }

    [TestMethod]
    public void Every_page_shows_a_line_as_it_is_printed()
    {
        foreach (string code in _codes)
        {
            string[] lines = File.ReadAllLines(Path.Combine(_root, ErrorCodes.HelpPath(code)));
            StringAssert.StartsWith(lines[0], $"# {code}: ");
            string example = lines[Array.IndexOf(lines, "```") + 1];
            StringAssert.Matches(example, new Regex($@"^[\w./-]+(\(\d+,\d+\))?: (error|warning) {code}: \S.*[.?]$"), code);
        }
    }

    [TestMethod]
    public void The_index_names_every_code_with_the_title_of_its_page()
    {
        string index = File.ReadAllText(Path.Combine(_root, "docs", "errors", "README.md"));
        foreach (string code in _codes)
        {
            string title = File.ReadLines(Path.Combine(_root, ErrorCodes.HelpPath(code))).First()[$"# {code}: ".Length..];
            StringAssert.Contains(index, $"| [{code}]({code}.md) | {title} |");
        }
    }

    [TestMethod]
    public void Every_link_of_a_page_leads_to_a_file()
    {
        foreach (string path in Directory.GetFiles(Path.Combine(_root, "docs", "errors"), "*.md"))
        {
            foreach (Match link in LinkPattern().Matches(File.ReadAllText(path)))
            {
                string target = Path.Combine(Path.GetDirectoryName(path)!, link.Groups["target"].Value);
                Assert.IsTrue(File.Exists(target), $"{Path.GetFileName(path)}: {link.Groups["target"].Value}");
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EdgeBuild.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The repository is not above the folder of the test.");
    }

    [GeneratedRegex(@"^EDGE[012349]\d{3}$")]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)\)")]
    private static partial Regex LinkPattern();
}
