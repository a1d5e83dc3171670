using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>An event that was sent as a message, which the recipient has yet to acknowledge.</summary>
/// <param name="Number">Which event.</param>
/// <param name="MessageId">Under which id the transport has it.</param>
/// <param name="SentAt">When it was accepted for transport.</param>
/// <param name="Next">When the transport is asked what became of it.</param>
/// <param name="Looks">How often it was asked.</param>
public sealed record UnderWayMessage(
    [property: JsonPropertyName("n")] long Number,
    [property: JsonPropertyName("m")] string MessageId,
    [property: JsonPropertyName("s")] DateTimeOffset SentAt,
    [property: JsonPropertyName("x")] DateTimeOffset Next,
    [property: JsonPropertyName("l")] int Looks
)
{
    /// <summary>
    /// Most messages of one Subscription that are under way at once; further events wait. All of them are kept in one row, which each step
    /// writes anew.
    /// </summary>
    public const int Most = 200;

    /// <summary>
    /// How long after it was sent, and after each look, it is asked about; the last repeats. MESH asks not to be polled often, and a
    /// recipient fetches every five minutes at most.
    /// </summary>
    private static readonly TimeSpan[] LooksAfter =
    [
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
        TimeSpan.FromMinutes(30),
    ];

    internal static UnderWayMessage Sent(long number, string messageId, DateTimeOffset now) =>
        new(number, messageId, now, now + LooksAfter[0], 0);

    internal UnderWayMessage Asked(DateTimeOffset now) =>
        this with
        {
            Next = now + LooksAfter[Math.Min(Looks + 1, LooksAfter.Length - 1)],
            Looks = Looks + 1,
        };
}
