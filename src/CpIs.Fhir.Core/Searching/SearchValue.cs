using System.Text;

namespace CpIs.Fhir.Core.Searching;

/// <summary>The escapes of FHIR search values: <c>\,</c> <c>\|</c> <c>\$</c> <c>\\</c> stand for the character itself.</summary>
public static class SearchValue
{
    /// <summary>Parts between unescaped separators, still escaped.</summary>
    public static List<string> Split(string value, char separator)
    {
        var parts = new List<string>();
        var begin = 0;
        for (var i = 0; i < value.Length; i++)
            if (value[i] == '\\')
                i++;
            else if (value[i] == separator)
            {
                parts.Add(value[begin..i]);
                begin = i + 1;
            }

        parts.Add(value[begin..]);
        return parts;
    }

    /// <summary>The value itself.</summary>
    public static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
            return value;
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
            text.Append(value[i] == '\\' && i + 1 < value.Length ? value[++i] : value[i]);
        return text.ToString();
    }

    /// <summary>A value as a search must write it, so that it is read as one value and to the letter.</summary>
    public static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var character in value)
            (character is ',' or '|' or '$' or '\\' ? text.Append('\\') : text).Append(character);
        return text.ToString();
    }

    /// <summary>A token value as system and code: <c>code</c> has a null system, <c>|code</c> an empty one.</summary>
    public static (string? System, string Code)? Token(string value)
    {
        var parts = Split(value, '|');
        return parts.Count switch
        {
            1 => (null, Unescape(parts[0])),
            2 => (Unescape(parts[0]), Unescape(parts[1])),
            _ => null,
        };
    }
}
