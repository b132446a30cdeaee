using System.Collections.Concurrent;
using SipAlg.Linux;
using SipAlg.Linux.Bpf;
using SipAlg.Linux.Netlink;

namespace SipAlg.Media.Kernel;

/// <summary>
/// Puts the program before the interfaces by which media come, on a thread of its own, since that may take milliseconds. An interface gets it
/// when the first flow comes by there, so that none is touched that has no media. Tells when routes may have changed.
/// </summary>
internal sealed class LinkKeeper : IDisposable
{
    private const ulong WakeupMark = 0;
    private const ulong ChangesMark = 1;

    /// <summary>Changes come in crowds.</summary>
    private const int PatienceMilliseconds = 100;

    private readonly BpfProgram _program;
    private readonly Epoll _epoll = new();
    private readonly Wakeup _wakeup = new();
    private readonly NetworkChanges _changes = new();
    private readonly ConcurrentDictionary<int, bool> _wanted = new();
    private readonly Dictionary<int, BpfLink> _links = [];
    private readonly Thread _thread;
    private NetworkInterface[] _interfaces;
    private int _version;
    private int _attached;
    private volatile bool _stops;

    /// <exception cref="SystemCallException">The system refuses a descriptor, or to tell of its interfaces.</exception>
    public LinkKeeper(BpfProgram program)
    {
        _program = program;
        _epoll.TryWatch(_wakeup.Descriptor, WakeupMark);
        _epoll.TryWatch(_changes.Descriptor, ChangesMark);
        _interfaces = NetworkInterface.List();
        _thread = new Thread(Run) { Name = "media links", IsBackground = true };
        // From the thread that makes it the new one has its network namespace.
        _thread.Start();
    }

    /// <summary>Rises whenever interfaces, addresses or routes have changed.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Called on the keeper's thread after <see cref="Version"/> has risen.</summary>
    public Action? Changed { get; set; }

    /// <summary>Interfaces that have the program; any thread.</summary>
    public int Attached => Volatile.Read(ref _attached);

    /// <summary>An interface as of the last change; null when there is none of this index.</summary>
    public NetworkInterface? Find(int index)
    {
        foreach (var link in Volatile.Read(ref _interfaces))
        {
            if (link.Index == index)
            {
                return link;
            }
        }

        return null;
    }

    /// <summary>Has the program put before an interface, soon. Any thread; does not wait.</summary>
    public void Want(int index)
    {
        if (!_wanted.ContainsKey(index) && _wanted.TryAdd(index, true))
        {
            _wakeup.Signal();
        }
    }

    public void Dispose()
    {
        _stops = true;
        _wakeup.Signal();
        _thread.Join();
        foreach (var link in _links.Values)
        {
            link.Dispose();
        }

        _epoll.Dispose();
        _wakeup.Dispose();
        _changes.Dispose();
    }

    private void Run()
    {
        while (!_stops)
        {
            var ready = _epoll.Wait(-1);
            var changed = false;
            for (var i = 0; i < ready; i++)
            {
                changed |= _epoll.Data(i) == ChangesMark;
            }

            _wakeup.Reset();
            if (changed && !_stops)
            {
                Follow();
            }

            Attach();
        }
    }

    private void Follow()
    {
        Thread.Sleep(PatienceMilliseconds);
        _changes.Take();
        try
        {
            Volatile.Write(ref _interfaces, NetworkInterface.List());
        }
        catch (SystemCallException)
        {
            // No descriptor for the question: what was known holds until the next change.
        }

        Forget();
        Volatile.Write(ref _version, _version + 1);
        Changed?.Invoke();
    }

    /// <summary>Links of interfaces that are gone have detached themselves.</summary>
    private void Forget()
    {
        foreach (var index in _wanted.Keys)
        {
            if (Find(index) is null)
            {
                _wanted.TryRemove(index, out _);
                if (_links.Remove(index, out var link))
                {
                    link.Dispose();
                }
            }
        }

        Volatile.Write(ref _attached, _links.Count);
    }

    private void Attach()
    {
        foreach (var index in _wanted.Keys)
        {
            // Where the kernel refuses, packets go on through user space.
            if (!_links.ContainsKey(index) && _program.TryAttach(index, out _) is { } link)
            {
                _links.Add(index, link);
            }
        }

        Volatile.Write(ref _attached, _links.Count);
    }
}
