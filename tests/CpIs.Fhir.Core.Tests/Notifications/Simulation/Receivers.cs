using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>How an endpoint behaves.</summary>
internal enum Habit
{
    /// <summary>It takes everything.</summary>
    Healthy,

    /// <summary>It fails now and then, for a while, and sometimes it has taken what it did not answer to.</summary>
    Flaky,

    /// <summary>What is sent to it, or its answer, is long under way.</summary>
    Slow,

    /// <summary>Some events it never takes, until it is repaired.</summary>
    Poisonous,
}

/// <summary>The receivers, with what each has taken; and the network, on which things are under way.</summary>
internal sealed class Receivers(Random random, TimeProvider time, bool isExact)
{
    private readonly Lock _gate = new();
    private readonly List<(string Host, string Subscription, string Id, IReadOnlyList<NotifiedEvent> Events)> _taken =
    [];
    private readonly HashSet<(string Subscription, DateTimeOffset Until, Guid Id)> _inProgress = [];
    private readonly List<(SimulatedServer Server, TaskCompletionSource Go)> _underWay = [];

    /// <summary>What was taken, in order: the Subscription, the id, the numbers and the accesses.</summary>
    public IReadOnlyList<(string Host, string Subscription, string Id, IReadOnlyList<NotifiedEvent> Events)> Taken
    {
        get
        {
            // What was sent by a server that died may arrive while this is read.
            lock (_gate)
                return [.. _taken];
        }
    }

    /// <summary>Subscriptions at which two attempts were in progress at once, each under a lease by the one clock that all have.</summary>
    public HashSet<string> Twice { get; } = [];

    /// <summary>True when everybody takes everything at once.</summary>
    public bool AreRepaired { get; set; }

    /// <summary>Told when something stays under way.</summary>
    public TaskCompletionSource Stalled { get; set; } = New();

    public async Task<SendOutcome> PostAsync(SimulatedServer server, OutgoingNotification sent)
    {
        var habit = Enum.Parse<Habit>(sent.Endpoint.Host.Split('.')[1], ignoreCase: true);
        var began = Begin(server, sent);
        try
        {
            if (await IsLateAsync(server, habit))
                throw new DiedException();
            var outcome = Receive(habit, sent);
            return await IsLateAsync(server, habit) ? throw new DiedException() : outcome;
        }
        finally
        {
            lock (_gate)
                _inProgress.Remove(began);
        }
    }

    private (string Subscription, DateTimeOffset Until, Guid Id) Begin(
        SimulatedServer server,
        OutgoingNotification sent
    )
    {
        NotificationReader.TryRead(sent.Body, out var read).Should().BeTrue();
        var id = read!.Subscription.Split('/')[^1];
        if (read.Type != NotificationType.EventNotification || !isExact)
            return default;
        var began = (Subscription: id, Until: server.Claims.Until(read), Guid.NewGuid());
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (began.Until > now && _inProgress.Any(each => each.Subscription == id && each.Until > now))
                Twice.Add(id);
            _inProgress.Add(began);
        }

        return began;
    }

    /// <summary>Ends soon where something of that server is under way, which nobody can wait for; else never.</summary>
    public Task WaitFor(SimulatedServer server)
    {
        lock (_gate)
            return Task.Delay(_underWay.Exists(each => each.Server == server) ? 2 : Timeout.Infinite);
    }

    /// <summary>Something that was under way arrives.</summary>
    public void Arrive(bool all = false)
    {
        while (true)
        {
            TaskCompletionSource go;
            lock (_gate)
            {
                if (_underWay.Count == 0)
                    return;
                var which = random.Next(_underWay.Count);
                go = _underWay[which].Go;
                _underWay.RemoveAt(which);
            }

            go.SetResult();
            if (!all)
                return;
        }
    }

    private SendOutcome Receive(Habit habit, OutgoingNotification sent)
    {
        NotificationReader.TryRead(sent.Body, out var read).Should().BeTrue();
        lock (_gate)
        {
            var roll = AreRepaired ? 1 : random.NextDouble();
            if (habit == Habit.Flaky && roll < 0.3)
                return Failed(500 + random.Next(4));
            if (habit == Habit.Poisonous && !AreRepaired && read!.Events.Any(told => told.Number % 5 == 2))
                return Failed(422);
            _taken.Add((sent.Endpoint.Host, read!.Subscription.Split('/')[^1], sent.Id, read.Events));
            return habit == Habit.Flaky && roll < 0.4
                ? new SendOutcome(SendResult.Failed, null, DeliveryError.NoResponse("cut off"))
                : new SendOutcome(SendResult.Accepted, 200);
        }
    }

    private async Task<bool> IsLateAsync(SimulatedServer server, Habit habit)
    {
        TaskCompletionSource go;
        lock (_gate)
        {
            if (AreRepaired || habit != Habit.Slow || random.NextDouble() > 0.4)
                return server.IsDead;
            go = New();
            _underWay.Add((server, go));
            Stalled.TrySetResult();
        }

        await go.Task;
        return server.IsDead;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static SendOutcome Failed(int status) =>
        new(SendResult.Failed, status, DeliveryError.ErrorResponse($"HTTP {status}"));
}
