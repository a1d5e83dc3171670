using System.Globalization;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>The keys by which a reading goes on, as the text that a bookmark holds.</summary>
internal static class OutgoingKey
{
    public static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number, or the one before the first.</summary>
    public static long Number(string? key) => key is null ? 0 : long.Parse(key, CultureInfo.InvariantCulture);

    /// <summary>Two names in one text; the first, which the exchange itself gives, holds no line end.</summary>
    public static string Of(string first, string second) => $"{first}\n{second}";

    /// <summary>The two names, or two that come before all.</summary>
    public static (string First, string Second) Names(string? key) =>
        key?.IndexOf('\n') is { } end and >= 0 ? (key[..end], key[(end + 1)..]) : ("", "");
}
