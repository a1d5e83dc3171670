using CpIs.Fhir.Core.Commits;

namespace CpIs.Fhir.Core.Transfer;

/// <summary>The first answer to a write that may still be repeated.</summary>
/// <param name="Answer">As it is stored.</param>
public sealed record PortableAnswer(IdempotentAnswer Answer) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.Answers;

    /// <inheritdoc />
    public override int Size => 256 + Answer.Body.Length;

    internal override void WriteTo(CanonicalForm form)
    {
        form.Add(Answer.ClientId);
        form.Add(Answer.RequestId);
        form.Add(Answer.BodyHash.Span);
        form.Add(Answer.Status);
        form.Add(Answer.Body.Span);
        form.Add(Answer.Location);
        form.Add(Answer.Expires);
    }
}

/// <summary>A one-time value that was used and has not expired: without it, it could be used once more after the copy.</summary>
/// <param name="Purpose">Such as <c>jti</c>.</param>
/// <param name="Value">What was used.</param>
/// <param name="Expires">When it is of no more worth by itself.</param>
public sealed record PortableOneTimeValue(string Purpose, string Value, DateTimeOffset Expires) : PortableRecord
{
    /// <inheritdoc />
    public override TransferSection Section => TransferSection.OneTimeValues;

    internal override void WriteTo(CanonicalForm form)
    {
        form.Add(Purpose);
        form.Add(Value);
        form.Add(Expires);
    }
}
