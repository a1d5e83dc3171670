namespace CpIs.Fhir.Core.Transfer;

/// <summary>A copy as its target remembers it.</summary>
/// <param name="Fingerprint">Of the source: another store, or the same in another state, has another one.</param>
/// <param name="Source">The source, for people.</param>
/// <param name="Started">When it began.</param>
public sealed record TransferStart(string Fingerprint, string Source, DateTimeOffset Started);

/// <summary>What a target says to the beginning of a copy.</summary>
/// <param name="Answer">Whether it may go on.</param>
/// <param name="Copy">The copy that the target is in the middle of; null where there is none.</param>
/// <param name="Bookmarks">How far each section has come; one that is absent has not begun.</param>
public sealed record TransferBegin(
    TransferAnswer Answer,
    TransferStart? Copy,
    IReadOnlyDictionary<TransferSection, TransferBookmark> Bookmarks
)
{
    /// <summary>A refusal, or a beginning from nothing.</summary>
    public static TransferBegin Of(TransferAnswer answer, TransferStart? copy = null) =>
        new(answer, copy, new Dictionary<TransferSection, TransferBookmark>());
}

/// <summary>Whether a target may be filled.</summary>
public enum TransferAnswer
{
    /// <summary>It was empty, and is marked now.</summary>
    Begun,

    /// <summary>It is in the middle of this very copy.</summary>
    Resumed,

    /// <summary>It holds something, and no copy is in progress.</summary>
    NotEmpty,

    /// <summary>It is in the middle of another copy.</summary>
    AnotherCopy,
}
