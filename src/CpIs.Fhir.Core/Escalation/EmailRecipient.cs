using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>An address of an authority, and when somebody reads what comes there.</summary>
public sealed record EmailRecipient
{
    /// <summary>Who reads it, such as <c>duty</c>: the one thing of it that is logged.</summary>
    public string Team { get; init; } = "";

    /// <summary>The address.</summary>
    public string Address { get; init; } = "";

    /// <summary>From when on, London time, such as <c>08:00</c>. Give both or neither; with neither it is always.</summary>
    public string? From { get; init; }

    /// <summary>Until when, that minute not included. Earlier than <see cref="From"/>: until the next day.</summary>
    public string? Until { get; init; }

    /// <summary>From when on, or null for always.</summary>
    public TimeOnly? Begins => TimeOf(From);

    /// <summary>Stands for the address where it is remembered what was sent.</summary>
    public string Key => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Address)))[..16];

    /// <summary>True at a time of the day in London.</summary>
    public bool IsOn(TimeOnly london) =>
        TimeOf(From) is not { } from || TimeOf(Until) is not { } until || london.IsBetween(from, until);

    /// <summary>Hours and minutes, or null for what is no time.</summary>
    internal static TimeOnly? TimeOf(string? text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)
            ? read
            : null;

    /// <summary>Without the address.</summary>
    public override string ToString() => $"EmailRecipient {{ Team = {Team}, From = {From}, Until = {Until} }}";
}
