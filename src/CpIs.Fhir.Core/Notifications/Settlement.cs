namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Notes what a receiver has taken of one claim, while the next of it is being sent already. One write is under way at a time, and what is taken
/// meanwhile goes into the next: so each notice is noted at once, and a store that is slower than the receiver still keeps step. A server that is
/// killed repeats what was under way, under the same ids.
/// </summary>
/// <param name="write">Notes these events as delivered, with how sending stands; false when somebody else has the Subscription.</param>
internal sealed class Settlement(Func<IReadOnlyList<NotificationEvent>, SendingState, Task<bool>> write)
{
    private readonly Lock _gate = new();
    private readonly List<NotificationEvent> _taken = [];
    private SendingState _state = SendingState.Sound;
    private bool _isWriting;
    private Task<bool> _run = Task.FromResult(true);

    /// <summary>True when what was taken could not be noted: then nothing more is to be sent of the claim.</summary>
    public bool HasFailed => _run.IsCompleted && !(_run.IsCompletedSuccessfully && _run.Result);

    /// <summary>These were taken.</summary>
    /// <param name="events">Which.</param>
    /// <param name="state">How sending stands after them.</param>
    public void Add(IReadOnlyList<NotificationEvent> events, SendingState state)
    {
        lock (_gate)
        {
            _taken.AddRange(events);
            _state = state;
            if (_isWriting)
                return;
            _isWriting = true;
        }

        _run = WriteAsync();
    }

    /// <summary>Ends when all that was taken is noted. False when somebody else has the Subscription.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer: the claim lapses, and what was taken is sent again.</exception>
    public Task<bool> WhenNotedAsync() => _run;

    private async Task<bool> WriteAsync()
    {
        while (true)
        {
            IReadOnlyList<NotificationEvent> events;
            SendingState state;
            lock (_gate)
            {
                if (_taken.Count == 0)
                {
                    _isWriting = false;
                    return true;
                }

                (events, state) = ([.. _taken], _state);
                _taken.Clear();
            }

            // One that could not be noted ends the writing: _isWriting stays, and nothing is begun again.
            if (!await write(events, state).ConfigureAwait(false))
                return false;
        }
    }
}
