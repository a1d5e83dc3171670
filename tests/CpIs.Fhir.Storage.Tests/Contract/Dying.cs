using System.Reflection;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>When a server vanishes: at one of its calls to the store, before it is done or just after.</summary>
/// <param name="at">The call, from 1, over all its ports.</param>
/// <param name="after">True when the call is done and nobody learns of it.</param>
public sealed class Life(int at, bool after)
{
    private int _calls;

    public bool IsOver => Volatile.Read(ref _calls) >= at;

    internal object? Call(Func<object?> call)
    {
        var number = Interlocked.Increment(ref _calls);
        if (number == at && after)
            ((Task)call()!).GetAwaiter().GetResult();
        return number < at ? call() : throw new StoreUnavailableException("vanished");
    }
}

/// <summary>A port of a server that vanishes.</summary>
public class Dying : DispatchProxy
{
    private object _target = null!;
    private Life _life = null!;

    public static T Of<T>(T target, Life life)
        where T : class
    {
        var proxy = Create<T, Dying>();
        ((Dying)(object)proxy)._target = target;
        ((Dying)(object)proxy)._life = life;
        return proxy;
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _life.Call(() => targetMethod!.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, args, null));
}
