namespace EdgeBuild.Runtime;

/// <summary>
/// Reads a JSON number (RFC 8259, section 6) character by character, so that tokens can be refused before they are chosen:
/// <c>-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?</c>.
/// </summary>
internal static class NumberSyntax
{
    /// <summary>How far a number is read.</summary>
    internal enum State
    {
        /// <summary>The characters are not the beginning of a number.</summary>
        Invalid,

        /// <summary>Nothing is read.</summary>
        Start,

        /// <summary>The sign is read.</summary>
        Sign,

        /// <summary>A leading zero is read.</summary>
        Zero,

        /// <summary>Digits of the integer part are read.</summary>
        Digits,

        /// <summary>The decimal point is read.</summary>
        Point,

        /// <summary>Digits of the fraction are read.</summary>
        Fraction,

        /// <summary>The exponent's letter is read.</summary>
        Exponent,

        /// <summary>The exponent's sign is read.</summary>
        ExponentSign,

        /// <summary>Digits of the exponent are read.</summary>
        ExponentDigits,
    }

    /// <summary>Tells whether a number may end here.</summary>
    /// <param name="state">How far it is read.</param>
    /// <returns>True when the characters read so far are a number.</returns>
    public static bool IsComplete(State state) =>
        state is State.Zero or State.Digits or State.Fraction or State.ExponentDigits;

    /// <summary>Reads more characters.</summary>
    /// <param name="state">How far the number is read.</param>
    /// <param name="text">The next characters.</param>
    /// <param name="integer">True when the number has neither fraction nor exponent.</param>
    /// <returns>The new state.</returns>
    public static State Read(State state, ReadOnlySpan<char> text, bool integer)
    {
        foreach (char character in text)
        {
            state = Next(state, character, integer);
        }

        return state;
    }

    private static State Next(State state, char character, bool integer)
    {
        bool digit = char.IsAsciiDigit(character);
        return state switch
        {
            State.Start when character == '-' => State.Sign,
            State.Start or State.Sign when digit => character == '0' ? State.Zero : State.Digits,
            State.Digits when digit => State.Digits,
            State.Zero or State.Digits when character == '.' && !integer => State.Point,
            State.Zero or State.Digits or State.Fraction when character is 'e' or 'E' && !integer => State.Exponent,
            State.Point or State.Fraction when digit => State.Fraction,
            State.Exponent when character is '+' or '-' => State.ExponentSign,
            State.Exponent or State.ExponentSign or State.ExponentDigits when digit => State.ExponentDigits,
            _ => State.Invalid,
        };
    }
}
