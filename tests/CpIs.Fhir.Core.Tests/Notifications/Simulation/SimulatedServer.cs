using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Leases;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Stores;

namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>One server with its engine and a clock of its own. It may die before or after any call that it makes, and does nothing more then.</summary>
internal sealed class SimulatedServer : IOrganisationDirectory, IDispatchObserver, INotificationSender
{
    private readonly Func<SimulatedServer, OutgoingNotification, Task<SendOutcome>> _network;
    private readonly Random _random;
    private readonly double _mortality;
    private readonly Lock _gate = new();

    public SimulatedServer(
        ModelStore model,
        TimeProvider time,
        OrganisationDirectory organisations,
        Func<SimulatedServer, OutgoingNotification, Task<SendOutcome>> network,
        int seed,
        double mortality
    )
    {
        (Clock, Current, _network, _random, _mortality) = (
            new SkewedClock(time),
            organisations,
            network,
            new Random(seed),
            mortality
        );
        var store = OnlyPartOf.Of<IExchangeStore>(model, Live);
        var options = new NotificationOptions { AllowLoopbackHttp = true, Jitter = 0 };
        var ids = new IdGenerator(Clock);
        var leases = new ServerLeases(store, ids, Clock);
        var attempts = new AttemptLedger(store, leases, ids, Clock);
        var bundle = new NotificationBundle(() => "https://cpis.example/FHIR/R4");
        var mesh = new MeshChannel(null, new MeshOptions(), store, store, this, Clock);
        var schedule = new RetrySchedule(options.RetrySchedule, 0, _random);
        var channel = new NotificationChannel(this, mesh, store, this, bundle, options, this, attempts, Clock);
        var mover = new SubscriptionMover(store, this, Clock);
        var places = new PlacesOfAction(store);
        var endpoints = new Endpoints(Clock);
        Engine = new Dispatcher(
            store,
            new EventDelivery(
                store,
                store,
                channel,
                new MessageTracking(store, mesh, places, schedule, attempts, this, Clock),
                places,
                mover,
                schedule,
                endpoints,
                this,
                options,
                Clock
            ),
            new Handshakes(store, store, channel, mover, endpoints, leases, Clock),
            new Heartbeats(store, store, channel, mover, endpoints, leases, Clock),
            attempts,
            this,
            new DispatchSignal(Clock),
            options,
            Clock
        );
    }

    public Dispatcher Engine { get; }

    public SkewedClock Clock { get; }

    public OrganisationDirectory Current { get; }

    public bool IsDead { get; private set; }

    /// <summary>What it has claimed.</summary>
    public MarkedClaims Claims { get; } = new();

    /// <summary>Calls that the store refuses this server.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Failures that are no death: faults of the engine.</summary>
    public List<Exception> Faults { get; } = [];

    public void Die() => IsDead = true;

    /// <summary>One step of the engine; what it started may go on.</summary>
    public async Task StepAsync()
    {
        try
        {
            await Engine.StepAsync(CancellationToken.None);
        }
        catch (DiedException)
        {
            // Nobody is there to notice.
        }
    }

    public Task<SendOutcome> SendAsync(OutgoingNotification notification, CancellationToken cancellation) =>
        IsDead ? throw new DiedException() : _network(this, notification);

    public void Attempted(DispatchAttempt attempt) { }

    public void StatusChanged(string subscriptionId, SubscriptionStatus status, string? reason) { }

    public void SetAside(string subscriptionId, long number) { }

    public void Failed(string? subscriptionId, Exception failure)
    {
        if (failure is not DiedException)
            lock (_gate)
                Faults.Add(failure);
    }

    private object? Live(string call, Func<object?> make)
    {
        if (IsDead || Dies())
            throw new DiedException();
        if (Refused.Contains(call))
            throw new StoreUnavailableException(call);
        var made = Claims.Mark(make());
        return Dies() ? throw new DiedException() : made;
    }

    private bool Dies()
    {
        lock (_gate)
            return IsDead |= _random.NextDouble() < _mortality;
    }
}
