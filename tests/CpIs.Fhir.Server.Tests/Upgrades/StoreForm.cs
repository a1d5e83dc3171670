namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>One of the four forms in which every version can keep a store.</summary>
public sealed record StoreForm(bool IsMongoDb, bool IsSealed)
{
    public static IReadOnlyList<StoreForm> All { get; } =
    [new(false, false), new(false, true), new(true, false), new(true, true)];

    /// <summary>The folder of its fixture.</summary>
    public override string ToString() => $"{(IsMongoDb ? "mongodb" : "sqlite")}-{(IsSealed ? "sealed" : "readable")}";
}
