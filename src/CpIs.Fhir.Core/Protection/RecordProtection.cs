using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// How a store writes what could name a child or a person: readable (<see cref="Readable"/>), or sealed so that a stolen
/// dump reveals nothing. Every store writes and searches through it, so that the choice is made in one place.
/// </summary>
public abstract class RecordProtection
{
    /// <summary>As it is. The disk's own encryption is then all that protects it.</summary>
    public static RecordProtection Readable { get; } = new ReadableRecords();

    /// <summary>True where every key is what it stands for, so that child and identity need not be kept a second time, sealed.</summary>
    public bool IsReadable => ReferenceEquals(this, Readable);

    /// <summary>
    /// Names the protection and its search key; a store keeps it and refuses to open with another, because it would find
    /// nothing and could not tell that from nothing held. Holds no secret.
    /// </summary>
    public abstract string Marker { get; }

    /// <summary>
    /// What a child is found by: the number itself, or 63 bits of a keyed hash of it. Two children share a hash once in
    /// 9e18 pairs, so what is found is compared with the child that was asked for.
    /// </summary>
    public abstract long ChildKey(NhsNumber child);

    /// <summary>What a person (SDS user id) is recognised by.</summary>
    public abstract string PersonKey(string sdsUserId);

    /// <summary>What an identity (<see cref="StoredResource.Identity"/>) is found by.</summary>
    public abstract string IdentityKey(string identity);

    /// <summary>The tokens to store for the tokens of a resource.</summary>
    public abstract IReadOnlyList<string> Tokens(IReadOnlyList<string> tokens);

    /// <summary>The conditions that find by stored tokens what the given ones mean. Others than token conditions stay as they are.</summary>
    public abstract IReadOnlyList<Condition> Conditions(IReadOnlyList<Condition> conditions);

    /// <summary>The bytes to store.</summary>
    /// <param name="plain">What to keep.</param>
    /// <param name="child">Whose it is; a data key never serves two children.</param>
    /// <param name="context">Where it lies, such as <c>occurrence/{id}</c>: opened elsewhere, it does not open.</param>
    public abstract ReadOnlyMemory<byte> Seal(ReadOnlyMemory<byte> plain, NhsNumber? child, string context);

    /// <summary>What was kept.</summary>
    /// <exception cref="StoreUnavailableException">It was changed, moved, or sealed under a key that is not known here.</exception>
    public abstract ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> stored, string context);
}
