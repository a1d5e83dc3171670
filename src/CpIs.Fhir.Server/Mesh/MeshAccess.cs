using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Server.Certificates;

namespace CpIs.Fhir.Server.Mesh;

/// <summary>What proves to MESH who calls. Read from files once, when the server starts.</summary>
/// <param name="Url">The service, without a slash at the end.</param>
/// <param name="Mailbox">The exchange's own mailbox.</param>
/// <param name="Password">Its password.</param>
/// <param name="SharedKey">Of the environment.</param>
/// <param name="Tls">The client certificate, and what MESH's own must lead to.</param>
internal sealed record MeshAccess(
    string Url,
    string Mailbox,
    string Password,
    string SharedKey,
    SslClientAuthenticationOptions Tls
)
{
    /// <summary>Reads the files that the options name.</summary>
    /// <exception cref="InvalidConfigurationException">One cannot be used; the message says which, and nothing of what is in it.</exception>
    public static MeshAccess Read(MeshOptions options) =>
        new(
            options.Url,
            options.Mailbox,
            Secret(nameof(options.PasswordFile), options.PasswordFile),
            Secret(nameof(options.SharedKeyFile), options.SharedKeyFile),
            Certificates(options)
        );

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"MESH mailbox {Mailbox}";

    private static string Secret(string name, string file)
    {
        var secret = PemFiles.Read($"Mesh:{name}", () => File.ReadAllText(file).Trim());
        return secret.Length > 0 ? secret : throw new InvalidConfigurationException($"Mesh:{name} is an empty file.");
    }

    private static SslClientAuthenticationOptions Certificates(MeshOptions options)
    {
        var tls = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (options.CertificateFile.Length > 0)
            tls.ClientCertificateContext = PemFiles.ReadClientCertificate(
                "Mesh:" + nameof(options.CertificateFile),
                options.CertificateFile,
                options.CertificateKeyFile
            );
        if (options.TrustFile.Length > 0)
        {
            // Revocation is not asked: the lists of a private authority may be out of reach, and MESH knows its own.
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(
                PemFiles.ReadChain("Mesh:" + nameof(options.TrustFile), options.TrustFile)
            );
            tls.CertificateChainPolicy = policy;
        }

        return tls;
    }
}
