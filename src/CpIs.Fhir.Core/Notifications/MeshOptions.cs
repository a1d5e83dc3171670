using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// The exchange's own mailbox at MESH, through which authorities get the national access notification: section <c>Mesh</c> of
/// <c>fhir.config.json</c>. Without <see cref="Url"/> nothing is sent through MESH. Secrets are in files and never in the configuration.
/// </summary>
public sealed partial record MeshOptions : IValidatableObject
{
    /// <summary>
    /// How long a notice through MESH may wait for its acknowledgement before its authority counts as not notified (design.md, "What settles"): an
    /// authority's system fetches at least daily (MESH API specification: "poll at least daily").
    /// </summary>
    public static readonly TimeSpan TakeWithin = TimeSpan.FromHours(24);

    /// <summary>What <c>Subscription.channel.endpoint</c> begins with, before the mailbox.</summary>
    public const string EndpointStart = "mesh:";

    /// <summary>
    /// The MESH service without a path, such as <c>https://mesh-sync.spineservices.nhs.uk</c>. http only to this machine, for a sandbox or a gateway that
    /// adds the certificate.
    /// </summary>
    [RegularExpression(
        @"^(https://[^/?#\s@]+|http://(localhost|127\.0\.0\.1)(:[0-9]+)?)?$",
        ErrorMessage = "This must be an https URL without a path, such as https://mesh-sync.spineservices.nhs.uk. http is allowed only to 127.0.0.1."
    )]
    public string Url { get; init; } = "";

    /// <summary>The exchange's own mailbox.</summary>
    public string Mailbox { get; init; } = "";

    /// <summary>File with the password of the mailbox.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>File with the shared key of the environment.</summary>
    public string SharedKeyFile { get; init; } = "";

    /// <summary>PEM file with the client certificate for mutual TLS, and those that it was issued by.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>PEM file with the private key of the client certificate.</summary>
    public string CertificateKeyFile { get; init; } = "";

    /// <summary>PEM file with the certificates that MESH's own must lead to; empty for those that the machine trusts.</summary>
    public string TrustFile { get; init; } = "";

    /// <summary>Workflow id of the access notification; agreed with MESH, and not published.</summary>
    [StringLength(300)]
    public string AccessWorkflow { get; init; } = "";

    /// <summary>Mailbox of each authority (key: ODS code) that may be notified through MESH.</summary>
    public IReadOnlyDictionary<string, string> Mailboxes { get; init; } = new Dictionary<string, string>();

    /// <summary>The endpoint that a Subscription of this authority must have; null without a mailbox.</summary>
    public string? EndpointOf(OdsCode authority) =>
        Mailboxes.TryGetValue(authority.Value, out var mailbox) ? EndpointStart + mailbox : null;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url.Length == 0)
        {
            if (Mailboxes.Count > 0)
                yield return new("Mailboxes need Mesh:Url: without it nothing is sent.", [nameof(Mailboxes)]);
            yield break;
        }

        if (!MailboxId().IsMatch(Mailbox))
            yield return new(
                $"This must be the exchange's mailbox, such as X26ABC1. Sent: '{Mailbox}'.",
                [nameof(Mailbox)]
            );
        foreach (var (name, value) in Required())
            if (value.Length == 0)
                yield return new("This is required with Mesh:Url.", [name]);
        if ((CertificateFile.Length == 0) != (CertificateKeyFile.Length == 0))
            yield return new("A certificate and its key go together.", [nameof(CertificateKeyFile)]);
        foreach (var (authority, mailbox) in Mailboxes)
        {
            if (!OdsCode.TryParse(authority, out _))
                yield return new($"'{authority}' is not an ODS code.", [nameof(Mailboxes)]);
            if (!MailboxId().IsMatch(mailbox))
                yield return new(
                    $"The mailbox of {authority} must be like X26ABC1. Sent: '{mailbox}'.",
                    [nameof(Mailboxes)]
                );
        }
    }

    private IEnumerable<(string Name, string Value)> Required()
    {
        yield return (nameof(PasswordFile), PasswordFile);
        yield return (nameof(SharedKeyFile), SharedKeyFile);
        yield return (nameof(AccessWorkflow), AccessWorkflow);
        if (Url.StartsWith("https:", StringComparison.Ordinal))
            yield return (nameof(CertificateFile), CertificateFile);
    }

    [GeneratedRegex("^[A-Z0-9]{3,30}$")]
    private static partial Regex MailboxId();
}
