using System.Text;

namespace EdgeBuild.Prompts.Tests;

/// <summary>The text of segments with values in their places, to compare with what a model's own template gives.</summary>
internal static class RenderedPrompt
{
    public static string Of(IEnumerable<PromptSegment> segments, params string[] values)
    {
        var text = new StringBuilder();
        foreach (PromptSegment segment in segments)
        {
            text.Append(segment.SlotIndex < 0 ? segment.Text : values[segment.SlotIndex]);
        }

        return text.ToString();
    }
}
