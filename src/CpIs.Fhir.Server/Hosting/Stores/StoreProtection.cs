using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Server.Hosting.Stores;

/// <summary>The protection of the store, as the settings have it. Its keys are read here, once, before the store is opened.</summary>
internal static class StoreProtection
{
    /// <exception cref="InvalidConfigurationException">The key file cannot be used; the message says why and repeats no key.</exception>
    public static async Task<RecordProtection> ReadAsync(ProtectionOptions options, CancellationToken cancellation)
    {
        if (options.KeyFile is not { } file)
            return RecordProtection.Readable;
        try
        {
            return new SealedRecords(await new ProtectionKeyFile(file).ReadAsync(cancellation));
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException($"Protection:KeyFile: {wrong.Message}");
        }
    }
}
