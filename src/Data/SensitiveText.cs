using System.Text.RegularExpressions;

namespace EdgeBuild.Data;

/// <summary>Finds secrets and personal data that people paste into datasets without noticing.</summary>
internal static class SensitiveText
{
    private static readonly Regex _email = new(
        @"[A-Za-z0-9._%+\-]{1,64}@(?<domain>[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,24})", RegexOptions.CultureInvariant);

    private static readonly Regex _iban = new(@"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", RegexOptions.CultureInvariant);

    // With a country code, or in the form of North America. Plain digits are too often order numbers.
    private static readonly Regex _phone = new(
        @"(?<![\w+])\+[1-9][0-9]{0,2}(?:[ .\-/]?\(?[0-9]{1,4}\)?){2,6}(?![\w])"
        + @"|(?<![\w\-])(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[\-.])[2-9][0-9]{2}[\-.][0-9]{4}(?![\w\-])",
        RegexOptions.CultureInvariant);

    private static readonly Regex _digits = new(@"(?<![0-9])[2-6](?:[ \-]?[0-9]){12,18}(?![0-9])", RegexOptions.CultureInvariant);

    // The published forms of private keys and of access keys of common services; each has a fixed prefix, so that ordinary words never match.
    private static readonly Regex _secret = new(
        "-----BEGIN [A-Z ]*PRIVATE KEY-----"
        + @"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
        + @"|\bgh[pousr]_[A-Za-z0-9]{36}"
        + @"|\bgithub_pat_[A-Za-z0-9_]{22,}"
        + @"|\bxox[abprs]-[A-Za-z0-9\-]{10,}"
        + @"|\bAIza[0-9A-Za-z_\-]{35}"
        + @"|\bsk_(?:live|test)_[0-9A-Za-z]{16,}"
        + @"|\bsk-[A-Za-z0-9_\-]{32,}"
        + @"|\bhf_[A-Za-z0-9]{30,}"
        + @"|\beyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}",
        RegexOptions.CultureInvariant);

    /// <summary>Names what the text holds.</summary>
    /// <param name="text">A value of a row.</param>
    /// <returns>What it is, with an article, or null.</returns>
    public static string? Find(string text)
    {
        if (text.IndexOf('@') >= 0 && _email.Matches(text).Cast<Match>().Any(match => !IsReserved(match.Groups["domain"].Value)))
        {
            return "an e-mail address";
        }

        if (text.Length >= 13 && _digits.Matches(text).Cast<Match>().Any(match => IsCardNumber(match.Value)))
        {
            return "a payment card number";
        }

        if (text.Length >= 16 && _secret.IsMatch(text))
        {
            return "a private or access key";
        }

        if (text.Length >= 15 && _iban.Matches(text).Cast<Match>().Any(match => IsAccountNumber(match.Value)))
        {
            return "a bank account number (IBAN)";
        }

        return text.Length >= 10 && _phone.Matches(text).Cast<Match>().Any(match => IsPhoneNumber(match.Value)) ? "a telephone number" : null;
    }

    /// <summary>The check digits of ISO 13616: the country and check digits moved to the end, letters as 10 to 35, the rest by 97 is 1.</summary>
    private static bool IsAccountNumber(string text)
    {
        string characters = text.Replace(" ", string.Empty);
        if (characters.Length is < 15 or > 34)
        {
            return false;
        }

        int rest = 0;
        foreach (char c in characters.Substring(4) + characters.Substring(0, 4))
        {
            rest = c is >= '0' and <= '9' ? ((rest * 10) + (c - '0')) % 97 : ((rest * 100) + (c - 'A' + 10)) % 97;
        }

        return rest == 1;
    }

    /// <summary>E.164 allows 15 digits, and no country's numbers have fewer than 8 with its code. 555-0100 to 555-0199 belong to nobody.</summary>
    private static bool IsPhoneNumber(string text)
    {
        string digits = new([.. text.Where(char.IsDigit)]);
        return digits.Length is >= 8 and <= 15 && !(digits.Length >= 10 && digits.Substring(digits.Length - 7, 5) == "55501");
    }

    /// <summary>Whether a domain can belong to nobody (RFC 2606), as made-up examples use it.</summary>
    private static bool IsReserved(string domain)
    {
        string[] parts = domain.ToLowerInvariant().Split('.');
        return parts[^1] is "example" or "test" or "invalid" or "localhost"
            || (parts.Length >= 2 && parts[^2] == "example" && parts[^1] is "com" or "net" or "org");
    }

    private static bool IsCardNumber(string text)
    {
        string digits = new([.. text.Where(char.IsDigit)]);
        return HasIssuerPrefix(digits) && PassesLuhn(digits);
    }

    /// <summary>Ranges and lengths of ISO/IEC 7812 issuers; every tenth order number would pass the check digit alone.</summary>
    private static bool HasIssuerPrefix(string digits)
    {
        int four = int.Parse(digits.Substring(0, 4), System.Globalization.CultureInfo.InvariantCulture);
        return (four / 1000, four / 100, four, digits.Length) switch
        {
            (4, _, _, 13 or 16 or 19) => true,
            (_, >= 51 and <= 55, _, 16) => true,
            (_, _, >= 2221 and <= 2720, 16) => true,
            (_, 34 or 37, _, 15) => true,
            (_, 30 or 36 or 38, _, 14) => true,
            (_, 65, _, >= 16) or (_, _, 6011 or (>= 6440 and <= 6499), >= 16) => true,
            (_, _, >= 3528 and <= 3589, >= 16) => true,
            _ => false,
        };
    }

    /// <summary>The check digit of ISO/IEC 7812-1 annex B.</summary>
    private static bool PassesLuhn(string digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int value = digits[digits.Length - 1 - i] - '0';
            value = i % 2 == 1 ? value * 2 : value;
            sum += value > 9 ? value - 9 : value;
        }

        return sum % 10 == 0;
    }
}
