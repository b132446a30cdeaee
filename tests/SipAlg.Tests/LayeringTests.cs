using System.Reflection;
using SipAlg.Hosting;

namespace SipAlg.Tests;

/// <summary>The table of ARCHITECTURE.md: which project may know which.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["SipAlg.Protocol"] = [],
        ["SipAlg.Linux"] = ["SipAlg.Protocol"],
        ["SipAlg.Signaling"] = ["SipAlg.Protocol", "SipAlg.Linux"],
        ["SipAlg.Media"] = ["SipAlg.Protocol", "SipAlg.Linux"],
        ["SipAlg.Calls"] = ["SipAlg.Protocol", "SipAlg.Linux", "SipAlg.Signaling", "SipAlg.Media"],
    };

    /// <summary>What Protocol must not touch: it is pure.</summary>
    private static readonly string[] Impure = ["System.Net.Sockets", "System.Threading", "System.Threading.Tasks", "System.Diagnostics", "Microsoft.Extensions.Logging"];

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_only_what_it_may(string project)
    {
        var own = Load(project).GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("SipAlg", StringComparison.Ordinal));
        Assert.Empty(own.Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Knows_nothing_of_the_web(string project) =>
        Assert.DoesNotContain(Load(project).GetReferencedAssemblies(), name => name.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    [Fact]
    public void Protocol_has_no_state_that_is_static()
    {
        var mutable = Load("SipAlg.Protocol").GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsLiteral && !field.IsInitOnly && !field.Name.StartsWith('<') && !field.DeclaringType!.Name.StartsWith('<'));
        Assert.Empty(mutable.Select(field => $"{field.DeclaringType}.{field.Name}"));
    }

    [Fact]
    public void Protocol_holds_no_socket_task_timer_or_clock()
    {
        var types = Load("SipAlg.Protocol").GetTypes();
        var used = types.SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(field => field.FieldType))
            .Concat(types.SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))));
        Assert.Empty(used.Where(type => Impure.Contains(type.Namespace) || type == typeof(DateTime) || type == typeof(TimeProvider)).Select(type => type.FullName));
    }

    private static Assembly Load(string name) => name == "SipAlg" ? typeof(Gateway).Assembly : Assembly.Load(name);
}
