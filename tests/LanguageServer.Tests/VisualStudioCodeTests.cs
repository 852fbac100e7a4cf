using EdgeBuild.Worker.Tests;
using Microsoft.Playwright;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>
/// VS Code itself with the packed extension, driven in a headless browser. It runs where code-server is installed (build/install-editors.sh). With
/// <c>EDGEBUILD_DRAW_PICTURES=1</c> it works on samples/TicketTriage, which must be built, and takes the pictures of docs/editors.md anew.
/// </summary>
[TestClass]
[TestCategory("Editors")]
public sealed class VisualStudioCodeTests
{
    private const int Patience = 60_000;

    private static readonly bool _draws = Environment.GetEnvironmentVariable("EDGEBUILD_DRAW_PICTURES") == "1";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Visual_Studio_Code_marks_completes_explains_and_asks()
    {
        if (CodeServer.Entry is null)
        {
            Assert.Inconclusive("code-server is not installed; build/install-editors.sh installs it.");
        }

        string folder = _draws ? Path.Combine(RepositoryFiles.Root, "samples", "TicketTriage") : TrainedProject.Folder;
        string file = _draws ? Path.Combine(folder, "prompts", "triage.prompty") : Path.Combine(folder, "triage.prompty");
        string[] lines = await File.ReadAllLinesAsync(file);
        using var server = new CodeServer();
        string address = await server.StartAsync(folder, file, Extension.Packed);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await Browser.LaunchAsync(playwright);
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1100, Height = 640 } });
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync(address);
        try
        {
            await WorkAsync(page, lines);
        }
        catch
        {
            string picture = Path.Combine(Path.GetTempPath(), "edgebuild-vscode-failed.png");
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = picture });
            TestContext.AddResultFile(picture);
            throw;
        }
    }

    private static async Task WorkAsync(IPage page, string[] lines)
    {
        await page.Locator(".view-line", new PageLocatorOptions { HasText = "name: triage" }).ClickAsync();
        await page.Keyboard.PressAsync("Control+B");

        // Lenses and token counts.
        await page.Locator(".codelens-decoration", new PageLocatorOptions { HasText = "Open report" }).First.WaitForAsync();
        await page.Locator(".view-lines", new PageLocatorOptions { HasTextRegex = new("tokens.and.the.inputs") }).WaitForAsync();

        // A label with its rows and the figures of the model.
        await GoToAsync(page, lines, "- Billing", 3);
        await page.Keyboard.PressAsync("Control+K");
        await page.Keyboard.PressAsync("Control+I");
        ILocator hover = page.Locator(".monaco-hover", new PageLocatorOptions { HasText = "precision" }).First;
        await hover.WaitForAsync();
        Assert.Contains("Train", await hover.InnerTextAsync());
        await DrawAsync(page, "vscode-hover.png");
        await page.Keyboard.PressAsync("Escape");

        // A typing error is marked, and goes with it.
        await GoToAsync(page, lines, "{{ticket}}", 3);
        await page.Keyboard.PressAsync("Control+D");
        await page.Keyboard.TypeAsync("tiket");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".squiggly-error").First.WaitForAsync();
        await page.Keyboard.PressAsync("F8");
        await page.GetByText("No input is called 'tiket'").First.WaitForAsync();
        await DrawAsync(page, "vscode-squiggle.png");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+Z");
        await page.Locator(".squiggly-error").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });

        // Inputs after the braces.
        await GoToAsync(page, lines, "{{ticket}}", 10);
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("{{", new KeyboardTypeOptions { Delay = 100 });
        ILocator proposal = page.Locator(".suggest-widget.visible .monaco-list-row", new PageLocatorOptions { HasText = "ticket" }).First;
        await proposal.WaitForAsync();
        await DrawAsync(page, "vscode-completion.png");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".view-line", new PageLocatorOptions { HasText = "{{ticket}}" }).Nth(1).WaitForAsync();
        await page.Keyboard.PressAsync("Control+Z");
        await page.Keyboard.PressAsync("Control+Z");
        await page.Keyboard.PressAsync("Control+Z");

        // The preview, with the answers of both models. The lens is at the top of the file.
        await page.Keyboard.PressAsync("Control+Home");
        await page.Locator(".codelens-decoration a", new PageLocatorOptions { HasTextRegex = new("^Ask$") }).First.ClickAsync();
        IFrameLocator preview = page.FrameLocator("iframe.webview.ready").FrameLocator("#active-frame");
        await preview.Locator("section[aria-label=base] meter").First.WaitForAsync();

        if (_draws)
        {
            // The models are warm for the second question.
            await preview.GetByText("Ask base and tuned model").ClickAsync();
            await page.WaitForTimeoutAsync(5000);
        }

        await preview.Locator("section[aria-label=base] meter").First.WaitForAsync();
        Assert.Contains("%", await preview.Locator("section[aria-label=tuned]").InnerTextAsync());
        Assert.Contains("<|im_start|>user", await preview.Locator("pre[aria-label=Prompt]").InnerTextAsync());
        await DrawAsync(page, "vscode-preview.png");
        string first = await preview.Locator("pre .input").First.InnerTextAsync();
        await preview.GetByText("Next row").ClickAsync();
        await Assertions.Expect(preview.Locator("pre .input").First).Not.ToHaveTextAsync(first);
    }

    private static async Task GoToAsync(IPage page, string[] lines, string text, int offset)
    {
        int line = Array.FindIndex(lines, candidate => candidate.Contains(text, StringComparison.Ordinal));
        await page.Keyboard.PressAsync("Control+G");
        ILocator input = page.Locator(".quick-input-widget input").First;
        await input.WaitForAsync();
        await input.FillAsync($":{line + 1}:{lines[line].IndexOf(text, StringComparison.Ordinal) + offset + 1}");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".quick-input-widget").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
    }

    private static async Task DrawAsync(IPage page, string name)
    {
        if (_draws)
        {
            // Fades of the editor end.
            await page.WaitForTimeoutAsync(1000);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(RepositoryFiles.Root, "docs", "images", name) });
        }
    }
}
