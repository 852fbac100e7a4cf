using System.Text;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// The words of a label, as text has them: <c>card_arrival</c> and <c>CardArrival</c> are "card arrival". A label head starts with what the words
/// mean, and the tokens of an identifier mean little.
/// </summary>
public static class LabelWords
{
    /// <summary>Finds the words.</summary>
    /// <param name="label">The label.</param>
    /// <returns>The words after a space each; the label itself after a space when there are none.</returns>
    public static string Of(string label)
    {
        var words = new StringBuilder();
        var word = new StringBuilder();
        for (int index = 0; index < label.Length; index++)
        {
            char character = label[index];
            if (!char.IsLetterOrDigit(character) && character != '\'')
            {
                Finish();
                continue;
            }

            if (index > 0 && char.IsUpper(character) && char.IsLower(label[index - 1]))
            {
                Finish();
            }

            word.Append(character);
        }

        Finish();
        return words.Length > 0 ? words.ToString() : $" {label}";

        void Finish()
        {
            if (word.Length == 0)
            {
                return;
            }

            // ATM and SMS are words of their own.
            string text = word.ToString();
            bool isAbbreviation = text.Length > 1 && !text.Any(char.IsLower);
            words.Append(' ').Append(isAbbreviation ? text : text.ToLowerInvariant());
            word.Clear();
        }
    }
}
