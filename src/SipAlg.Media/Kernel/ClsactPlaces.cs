using System.Globalization;
using SipAlg.Linux;
using SipAlg.Linux.Bpf;
using SipAlg.Linux.Netlink;

namespace SipAlg.Media.Kernel;

/// <summary>
/// By the clsact qdisc, for kernels without tcx. What is attached so outlives a process that is killed. So it is an entrance alone: it goes on
/// to the relay by an array of programs that the kernel empties when the process ends, and passes every packet up from then on. The
/// next gateway takes it away.
/// </summary>
internal sealed unsafe class ClsactPlaces : IProgramPlaces
{
    private const int Up = -1;
    private const string Prefix = "sipalg/";

    private readonly TrafficControl _control;
    private readonly LivingName _name;
    private readonly BpfMap _relay;
    private readonly BpfProgram _entrance;

    private ClsactPlaces(TrafficControl control, LivingName name, BpfMap relay, BpfProgram entrance) =>
        (_control, _name, _relay, _entrance) = (control, name, relay, entrance);

    /// <exception cref="SystemCallException">The system refuses it.</exception>
    /// <exception cref="BpfRefusedException">The kernel refuses the entrance.</exception>
    public static ClsactPlaces Open(BpfProgram relay)
    {
        var opened = new Stack<IDisposable>();
        try
        {
            var control = Note(new TrafficControl());
            RemoveDead(control);
            var name = Note(TakeName());
            var array = Note(BpfMap.NewProgramArray("sipalg_relay"u8, 1));
            var (number, descriptor) = (0, relay.Descriptor);
            SystemCallException.CheckErrno(array.Update(&number, &descriptor), "bpf(BPF_MAP_UPDATE_ELEM)");
            return new ClsactPlaces(control, name, array, Note(BpfProgram.Load("sipalg_entrance"u8, Entrance(array))));
        }
        catch
        {
            while (opened.TryPop(out var half))
            {
                half.Dispose();
            }

            throw;
        }

        T Note<T>(T resource)
            where T : IDisposable
        {
            opened.Push(resource);
            return resource;
        }
    }

    public IDisposable? TryAttach(int interfaceIndex, out int errno)
    {
        errno = _control.Attach(interfaceIndex, _entrance.Descriptor, _name.Name);
        return errno == 0 ? new Place(_control, interfaceIndex, _name.Name) : null;
    }

    public void Dispose()
    {
        _entrance.Dispose();
        _relay.Dispose();
        _name.Dispose();
        _control.Dispose();
    }

    private static ulong[] Entrance(BpfMap relay) =>
        new BpfAssembler().LoadMap(Register.R2, relay.Descriptor).Move(Register.R3, 0).Call(BpfFunction.TailCall).Move(Register.R0, Up).Exit().Assemble();

    /// <summary>By lot: numbers of processes mean nothing between containers that share a network.</summary>
    private static LivingName TakeName()
    {
        while (true)
        {
            if (LivingName.TryTake(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Random.Shared.NextInt64():x16}")) is { } name)
            {
                return name;
            }
        }
    }

    /// <summary>What killed gateways have left: nobody has their names any more.</summary>
    private static void RemoveDead(TrafficControl control)
    {
        foreach (var link in NetworkInterface.List())
        {
            foreach (var attached in control.List(link.Index, Prefix))
            {
                using var dead = LivingName.TryTake(attached.Name);
                if (dead != null)
                {
                    control.Detach(attached);
                }
            }
        }
    }

    private sealed class Place(TrafficControl control, int interfaceIndex, string name) : IDisposable
    {
        /// <summary>An interface that is gone has taken it along.</summary>
        public void Dispose()
        {
            foreach (var attached in control.List(interfaceIndex, name))
            {
                control.Detach(attached);
            }
        }
    }
}
