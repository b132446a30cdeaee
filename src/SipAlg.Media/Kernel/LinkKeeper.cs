using System.Collections.Concurrent;
using SipAlg.Linux;
using SipAlg.Linux.Netlink;

namespace SipAlg.Media.Kernel;

/// <summary>
/// Puts the program before the interfaces by which media come, on a thread of its own, since that may take milliseconds. An interface gets it
/// when the first flow comes by there, and loses it some seconds after the last, so that none is touched that has no media. Tells when routes
/// may have changed.
/// </summary>
internal sealed class LinkKeeper : IDisposable
{
    private const ulong WakeupMark = 0;
    private const ulong ChangesMark = 1;

    /// <summary>Changes come in crowds.</summary>
    private const int PatienceMilliseconds = 100;

    /// <summary>To attach and detach disturbs all processors for a moment: not for every call.</summary>
    private const int LingerMilliseconds = 5000;

    private readonly IProgramPlaces _places;
    private readonly Epoll _epoll = new();
    private readonly Wakeup _wakeup = new();
    private readonly NetworkChanges _changes = new();
    private readonly ConcurrentDictionary<int, Usage> _uses = new();
    private readonly Dictionary<int, IDisposable> _links = [];
    private readonly Thread _thread;
    private NetworkInterface[] _interfaces;
    private int _version;
    private int _attached;
    private bool _lingers;
    private volatile bool _stops;

    /// <summary>Flows that come by an interface, and since when there have been none, in milliseconds of the system; 0: there are some.</summary>
    private sealed class Usage
    {
        public int Flows;
        public long IdleSince;
    }

    /// <exception cref="SystemCallException">The system refuses a descriptor, or to tell of its interfaces.</exception>
    public LinkKeeper(IProgramPlaces places)
    {
        _places = places;
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

    /// <summary>A flow comes by an interface, which soon has the program. Any thread; does not wait.</summary>
    public void Use(int index)
    {
        if (Interlocked.Increment(ref _uses.GetOrAdd(index, static _ => new Usage()).Flows) == 1)
        {
            _wakeup.Signal();
        }
    }

    /// <summary>It does no more. Any thread; does not wait.</summary>
    public void Leave(int index)
    {
        if (Interlocked.Decrement(ref _uses.GetOrAdd(index, static _ => new Usage()).Flows) == 0)
        {
            _wakeup.Signal();
        }
    }

    /// <summary>Ends the thread: nobody is told of changes any more, and no interface gets the program. What is attached stays.</summary>
    public void Stop()
    {
        _stops = true;
        _wakeup.Signal();
        _thread.Join();
    }

    /// <summary>Detaches the program everywhere; nobody else uses this any more.</summary>
    public void Dispose()
    {
        Stop();
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
            var ready = _epoll.Wait(_lingers ? LingerMilliseconds : -1);
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
        foreach (var index in _links.Keys.ToArray())
        {
            if (Find(index) is null)
            {
                Detach(index);
            }
        }
    }

    private void Attach()
    {
        _lingers = false;
        foreach (var (index, use) in _uses)
        {
            if (Volatile.Read(ref use.Flows) > 0)
            {
                use.IdleSince = 0;
                // Where the kernel refuses, packets go on through user space.
                if (!_links.ContainsKey(index) && _places.TryAttach(index, out _) is { } link)
                {
                    _links.Add(index, link);
                }
            }
            else if (_links.ContainsKey(index))
            {
                Linger(index, use);
            }
        }

        Volatile.Write(ref _attached, _links.Count);
    }

    private void Linger(int index, Usage use)
    {
        var now = Environment.TickCount64;
        use.IdleSince = use.IdleSince == 0 ? now : use.IdleSince;
        if (now - use.IdleSince >= LingerMilliseconds)
        {
            Detach(index);
        }
        else
        {
            _lingers = true;
        }
    }

    private void Detach(int index)
    {
        if (_links.Remove(index, out var link))
        {
            link.Dispose();
        }
    }
}
