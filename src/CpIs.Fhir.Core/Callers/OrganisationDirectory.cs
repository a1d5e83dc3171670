using System.Collections.Frozen;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// Who is registered, at one moment: an immutable snapshot in memory, so that no request reads a registration from the
/// store. <see cref="Stamp"/> says whether the store has a newer one.
/// </summary>
public sealed class OrganisationDirectory
{
    private readonly FrozenDictionary<OdsCode, Organisation> _organisations;
    private readonly FrozenDictionary<string, ClientRegistration> _clients;
    private readonly FrozenDictionary<string, ApprovalRequest> _approvals;
    private readonly FrozenDictionary<OdsCode, AuthorityRegister> _registers;

    // The register that is stale soonest first.
    private readonly StaleRegister[] _stale;

    /// <summary>A snapshot.</summary>
    public OrganisationDirectory(
        long stamp,
        IEnumerable<Organisation> organisations,
        IEnumerable<ClientRegistration> clients,
        IEnumerable<ApprovalRequest>? approvals = null,
        IEnumerable<AuthorityRegister>? registers = null
    )
    {
        Stamp = stamp;
        _organisations = organisations.ToFrozenDictionary(o => o.Code);
        _clients = clients.ToFrozenDictionary(c => c.ClientId, StringComparer.Ordinal);
        _approvals = (approvals ?? []).ToFrozenDictionary(a => a.Id, StringComparer.Ordinal);
        _registers = (registers ?? []).ToFrozenDictionary(r => r.Authority);
        _stale = [.. _registers.Values.Select(StaleOf).OfType<StaleRegister>().OrderBy(stale => stale.From)];
    }

    /// <summary>Nobody is registered.</summary>
    public static OrganisationDirectory Empty { get; } = new(-1, [], []);

    /// <summary>The store's stamp of this snapshot.</summary>
    public long Stamp { get; }

    /// <summary>Every organisation, suspended ones too.</summary>
    public IReadOnlyCollection<Organisation> Organisations => _organisations.Values;

    /// <summary>Every client, suspended ones too.</summary>
    public IReadOnlyCollection<ClientRegistration> Clients => _clients.Values;

    /// <summary>The organisation of that code, suspended or not, or null.</summary>
    public Organisation? Find(OdsCode code) => _organisations.GetValueOrDefault(code);

    /// <summary>True for a registered authority in whose name things are done.</summary>
    public bool IsServed(OdsCode code) => Find(code) is { Kind: CallerKind.Authority, Suspended: false };

    /// <summary>How new the register of an authority is; null for one that was not seen yet.</summary>
    public AuthorityRegister? FindRegister(OdsCode authority) => _registers.GetValueOrDefault(authority);

    /// <summary>The registers that are out of date, by the names of their authorities. Asks no store.</summary>
    /// <param name="now">Our clock.</param>
    public IReadOnlyList<StaleRegister> StaleAt(DateTimeOffset now) =>
        _stale.Length == 0 || _stale[0].From > now
            ? []
            : [.. _stale.TakeWhile(stale => stale.From <= now).OrderBy(stale => stale.Name, StringComparer.Ordinal)];

    /// <summary>The client of that id, suspended or not, or null.</summary>
    public ClientRegistration? FindClient(string clientId) => _clients.GetValueOrDefault(clientId);

    private StaleRegister? StaleOf(AuthorityRegister register) =>
        Find(register.Authority) is { Kind: CallerKind.Authority, Suspended: false } authority
        && register.StaleFrom(authority.Uploads ?? UploadCalendar.Default) is { } from
            ? new StaleRegister(authority.Code, authority.Name, register.Since(), from)
            : null;

    /// <summary>The request of that id, of whatever authority, approved or not, or null.</summary>
    public ApprovalRequest? FindApproval(string id) => _approvals.GetValueOrDefault(id);

    /// <summary>The request of that kind that somebody of an organisation made last, or null.</summary>
    public ApprovalRequest? FindApproval(OdsCode organisation, string kind) =>
        _approvals.Values.FirstOrDefault(request => request.Authority == organisation && request.Kind == kind);
}

/// <summary>Gives the newest snapshot that this server has seen.</summary>
public interface IOrganisationDirectory
{
    /// <summary>The snapshot in force. Never waits.</summary>
    OrganisationDirectory Current { get; }
}
