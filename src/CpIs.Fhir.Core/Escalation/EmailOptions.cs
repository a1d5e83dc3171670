using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.RegularExpressions;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>
/// E-mail that reminds authorities of their work-lists and names nobody: section <c>Email</c> of <c>fhir.config.json</c>. Without a host none is sent.
/// E-mail settles nothing.
/// </summary>
public sealed partial record EmailOptions : IValidatableObject
{
    /// <summary>Most addresses of one authority.</summary>
    public const int MostRecipients = 20;

    /// <summary>The SMTP server. Empty: no e-mail.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its port; default 587.</summary>
    [Range(1, 65_535)]
    public int Port { get; init; } = 587;

    /// <summary>
    /// True, the default: the connection is encrypted with STARTTLS, or nothing is sent. False is only for a server on this machine.
    /// </summary>
    public bool StartTls { get; init; } = true;

    /// <summary>Whom to sign in as; empty when the server asks for nobody.</summary>
    public string User { get; init; } = "";

    /// <summary>A file that holds the password and nothing else (a mounted secret).</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>The address that the e-mail comes from.</summary>
    public string From { get; init; } = "";

    /// <summary>The addresses of each authority (key: ODS code).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<EmailRecipient>> Authorities { get; init; } =
        new Dictionary<string, IReadOnlyList<EmailRecipient>>();

    /// <summary>True when e-mail is sent.</summary>
    public bool IsOn => Host.Length > 0;

    /// <summary>The authorities that have addresses.</summary>
    public IEnumerable<OdsCode> Codes => Authorities.Keys.Select(OdsCode.Parse).Order();

    /// <summary>The addresses of an authority that somebody reads at a time of the day in London.</summary>
    public IReadOnlyList<EmailRecipient> At(OdsCode authority, TimeOnly london) =>
        [.. Of(authority).Where(recipient => recipient.IsOn(london))];

    /// <summary>
    /// When somebody first reads an address of an authority, at or after a time of the day in London; null when nobody does until midnight.
    /// </summary>
    public TimeOnly? FirstFrom(OdsCode authority, TimeOnly london) =>
        Of(authority)
            .Select(recipient => recipient.IsOn(london) ? london : recipient.Begins)
            .Where(begins => begins >= london)
            .Order()
            .FirstOrDefault();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
            return Authorities.Count > 0 || From.Length > 0 || User.Length > 0 || PasswordFile.Length > 0
                ? [Problem("Name the SMTP server, or leave out the other settings of Email too.", nameof(Host))]
                : [];
        return ServerProblems().Concat(Authorities.SelectMany(each => AuthorityProblems(each.Key, each.Value)));
    }

    private IEnumerable<ValidationResult> ServerProblems()
    {
        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown)
            yield return Problem($"'{Host}' is not a host. Give a name such as smtp.example.org.", nameof(Host));
        if (!Mailbox().IsMatch(From))
            yield return Problem("Give the e-mail address that messages come from.", nameof(From));
        if (!StartTls && !IsThisMachine())
            yield return Problem(
                "E-mail is sent without TLS only to a server on this machine (localhost). Set it to true.",
                nameof(StartTls)
            );
        if (Port == 465)
            yield return Problem(
                "Port 465 is for another kind of TLS. Use the server's STARTTLS port, which is usually 587.",
                nameof(Port)
            );
        if (User.Length > 0 && PasswordFile.Length == 0)
            yield return Problem("Name the file that holds the password of User.", nameof(PasswordFile));
        if (User.Length == 0 && PasswordFile.Length > 0)
            yield return Problem("Name the user whose password is in PasswordFile.", nameof(User));
    }

    private static IEnumerable<ValidationResult> AuthorityProblems(
        string code,
        IReadOnlyList<EmailRecipient> recipients
    )
    {
        var path = $"{nameof(Authorities)}:{code}";
        if (!OdsCode.TryParse(code, out _))
            yield return Problem("An ODS code has 3 to 12 capital letters and digits, such as XHF01.", path);
        if (recipients is not { Count: > 0 and <= MostRecipients })
            yield return Problem($"Give a list of 1 to {MostRecipients} addresses, each with Team and Address.", path);
        else
            for (var i = 0; i < recipients.Count; i++)
                foreach (var (setting, sentence) in RecipientProblems(recipients[i]))
                    yield return Problem(sentence, $"{path}:{i}:{setting}");
    }

    private static IEnumerable<(string Setting, string Sentence)> RecipientProblems(EmailRecipient recipient)
    {
        if (!TeamName().IsMatch(recipient.Team))
            yield return (
                nameof(recipient.Team),
                "Name the team that reads the address, such as duty: 1 to 40 letters, digits, spaces or hyphens."
            );
        if (!Mailbox().IsMatch(recipient.Address))
            yield return (nameof(recipient.Address), "Give one e-mail address, such as duty@authority.example.");
        if (recipient.From is null != recipient.Until is null)
            yield return (
                recipient.From is null ? nameof(recipient.From) : nameof(recipient.Until),
                "Give both From and Until, or neither for always."
            );
        foreach (
            var (setting, sent) in new[]
            {
                (nameof(recipient.From), recipient.From),
                (nameof(recipient.Until), recipient.Until),
            }
        )
            if (sent is not null && EmailRecipient.TimeOf(sent) is null)
                yield return (setting, $"'{sent}' is not a time. Write hours and minutes, such as 08:00.");
        if (recipient.Begins is { } begins && begins == EmailRecipient.TimeOf(recipient.Until))
            yield return (nameof(recipient.Until), "From and Until are the same. Leave out both for always.");
    }

    private bool IsThisMachine() =>
        Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    private IReadOnlyList<EmailRecipient> Of(OdsCode authority) => Authorities.GetValueOrDefault(authority.Value) ?? [];

    private static ValidationResult Problem(string sentence, string setting) => new(sentence, [setting]);

    /// <summary>Without addresses.</summary>
    public override string ToString() => $"EmailOptions {{ Host = {Host}, Port = {Port} }}";

    // One plain address, no display name, and nothing that could begin another header line.
    [GeneratedRegex(@"\A[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\z")]
    private static partial Regex Mailbox();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9 -]{0,39}\z")]
    private static partial Regex TeamName();
}
