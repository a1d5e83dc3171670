using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CpIs.Fhir.Server.Certificates;

/// <summary>Certificates in PEM files that a setting names. Each is read once, when the server starts.</summary>
internal static class PemFiles
{
    /// <summary>A client certificate with its key and what leads to its root.</summary>
    /// <param name="setting">Path of the setting, for a refusal.</param>
    /// <param name="certificateFile">The certificate, its chain behind it.</param>
    /// <param name="keyFile">Its key.</param>
    /// <exception cref="InvalidConfigurationException">A file cannot be used; the message says which, and nothing of what is in it.</exception>
    public static SslStreamCertificateContext ReadClientCertificate(
        string setting,
        string certificateFile,
        string keyFile
    ) =>
        Read(
            setting,
            () =>
            {
                using var ephemeral = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
                // Windows cannot use a key for TLS that is in memory only.
                var certificate = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
                return SslStreamCertificateContext.Create(certificate, Chain(certificateFile), offline: true);
            }
        );

    /// <summary>All certificates of a file.</summary>
    /// <exception cref="InvalidConfigurationException">It cannot be used; the message says which.</exception>
    public static X509Certificate2Collection ReadChain(string setting, string file) => Read(setting, () => Chain(file));

    /// <summary>What a file gives, or why it cannot be used.</summary>
    /// <exception cref="InvalidConfigurationException">It cannot be used; the message says which.</exception>
    public static T Read<T>(string setting, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException($"{setting} cannot be read: {unreadable.Message}");
        }
        catch (CryptographicException)
        {
            throw new InvalidConfigurationException($"{setting} is not a PEM file of certificates with the right key.");
        }
    }

    private static X509Certificate2Collection Chain(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates;
    }
}
