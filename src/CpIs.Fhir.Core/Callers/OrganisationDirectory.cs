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

    /// <summary>A snapshot.</summary>
    public OrganisationDirectory(
        long stamp,
        IEnumerable<Organisation> organisations,
        IEnumerable<ClientRegistration> clients,
        IEnumerable<ApprovalRequest>? approvals = null
    )
    {
        Stamp = stamp;
        _organisations = organisations.ToFrozenDictionary(o => o.Code);
        _clients = clients.ToFrozenDictionary(c => c.ClientId, StringComparer.Ordinal);
        _approvals = (approvals ?? []).ToFrozenDictionary(a => a.Id, StringComparer.Ordinal);
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

    /// <summary>The client of that id, suspended or not, or null.</summary>
    public ClientRegistration? FindClient(string clientId) => _clients.GetValueOrDefault(clientId);

    /// <summary>The request of that id, of whatever authority, approved or not, or null.</summary>
    public ApprovalRequest? FindApproval(string id) => _approvals.GetValueOrDefault(id);
}

/// <summary>Gives the newest snapshot that this server has seen.</summary>
public interface IOrganisationDirectory
{
    /// <summary>The snapshot in force. Never waits.</summary>
    OrganisationDirectory Current { get; }
}
