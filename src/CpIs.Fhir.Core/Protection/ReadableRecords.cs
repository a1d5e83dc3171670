using System.Globalization;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Protection;

/// <summary>Everything as it is.</summary>
internal sealed class ReadableRecords : RecordProtection
{
    /// <inheritdoc />
    public override string Marker => "readable";

    /// <summary>Ten digits fit an integer, half the size of a text in an index.</summary>
    public override long ChildKey(NhsNumber child) => long.Parse(child.Digits, CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public override string PersonKey(string sdsUserId) => sdsUserId;

    /// <inheritdoc />
    public override string IdentityKey(string identity) => identity;

    /// <inheritdoc />
    public override IReadOnlyList<string> Tokens(IReadOnlyList<string> tokens) => tokens;

    /// <inheritdoc />
    public override IReadOnlyList<Condition> Conditions(IReadOnlyList<Condition> conditions) => conditions;

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Seal(ReadOnlyMemory<byte> plain, NhsNumber? child, string context) => plain;

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> stored, string context) => stored;
}
