using System.Reflection;

namespace CpIs.Fhir.Core.Tests.Notifications.Simulation;

/// <summary>A port of which an object has the members that are used; the others say that they are not supported.</summary>
public class OnlyPartOf : DispatchProxy
{
    private object _target = null!;
    private Func<string, Func<object?>, object?> _around = (_, call) => call();

    /// <summary>The port.</summary>
    /// <param name="target">Has public members of the same name and parameters.</param>
    /// <param name="around">Comes around each call, which it is told by name; null for nothing.</param>
    public static T Of<T>(object target, Func<string, Func<object?>, object?>? around = null)
        where T : class
    {
        var proxy = Create<T, OnlyPartOf>();
        var part = (OnlyPartOf)(object)proxy;
        part._target = target;
        if (around is not null)
            part._around = around;
        return proxy;
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var types = targetMethod!.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        var member =
            _target.GetType().GetMethod(targetMethod.Name, types) ?? throw new NotSupportedException(targetMethod.Name);
        return _around(
            targetMethod.Name,
            () => member.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, args, null)
        );
    }
}
